package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BadInputTest {
  private static final Properties MESSAGES = new Properties();

  /** What the cases whose weights are no numbers have put NaN into. */
  private static final Set<String> HOLD_NO_NUMBERS =
      Set.of("model.layers.0.self_attn.q_proj.weight", "lm_head.weight");

  @TempDir Path folder;

  @BeforeAll
  static void loadMessages() throws IOException {
    try (Reader reader = Files.newBufferedReader(TestResources.path("bad/messages.properties"))) {
      MESSAGES.load(reader);
    }
  }

  static Stream<BadInputCase> rejected() {
    return BadInputCase.all("reject");
  }

  static Stream<BadInputCase> accepted() {
    return BadInputCase.all("accept");
  }

  static Stream<BadInputCase> either() {
    return BadInputCase.all("either");
  }

  @ParameterizedTest
  @MethodSource("rejected")
  void refusalIsOneLineThatNamesFileAndItem(BadInputCase badInput) throws IOException {
    Path path = badInput.prepare(folder);
    String item = MESSAGES.getProperty(badInput.messageKey());
    assertNotNull(item, "no message recorded");
    String message =
        assertThrows(InvalidInputException.class, () -> Checkpoint.open(path).close()).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.startsWith(path.toString()), message);
    assertTrue(message.contains(item), message);
  }

  @ParameterizedTest
  @MethodSource("rejected")
  void inspectionRefusesWhatIsWrongWithoutAConfig(BadInputCase badInput) throws IOException {
    Path path = badInput.prepare(folder);
    if (isWrongWithoutConfig(badInput)) {
      assertThrows(InvalidInputException.class, () -> Inspection.of(path));
    } else {
      assertEquals(path.toString(), Inspection.of(path).path());
    }
  }

  private static boolean isWrongWithoutConfig(BadInputCase badInput) {
    return switch (badInput.format()) {
      case "st" -> true;
      case "gguf" -> !badInput.id().startsWith("m-") || badInput.id().equals("m-lfs-pointer");
      // Whether a tensor that the index lacks is needed, the config says.
      default -> badInput.id().startsWith("index-") && !badInput.id().equals("index-incomplete");
    };
  }

  /** All accepted cases hold the same weights, whatever else they hold and wherever. */
  @ParameterizedTest
  @MethodSource("accepted")
  void acceptedHoldsTheBaseWeights(BadInputCase badInput) throws IOException {
    Path plain = TestResources.path("bad/hfdir/ok");
    try (Checkpoint expected = Checkpoint.open(plain);
        Checkpoint actual = Checkpoint.open(badInput.prepare(folder))) {
      if (!badInput.id().equals("m-ctx-huge") && !badInput.id().equals("ok-tied")) {
        assertEquals(expected.architecture(), actual.architecture());
      }
      actual
          .layout()
          .tensors()
          .filter(spec -> !badInput.isNotANumber() || !HOLD_NO_NUMBERS.contains(spec.name()))
          .forEach(
              spec ->
                  assertArrayEquals(
                      values(expected.tensor(spec)), values(actual.tensor(spec)), spec.name()));
    }
  }

  @ParameterizedTest
  @MethodSource("either")
  void eitherOpensOrIsRefusedInOneLine(BadInputCase badInput) throws IOException {
    Path path = badInput.prepare(folder);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertEquals(
          ParameterCount.of(checkpoint.architecture()).total(), layoutElements(checkpoint));
    } catch (InvalidInputException e) {
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      assertTrue(e.getMessage().startsWith(path.toString()), e.getMessage());
    }
  }

  private static long layoutElements(Checkpoint checkpoint) {
    return checkpoint
        .layout()
        .tensors()
        .mapToLong(spec -> checkpoint.tensor(spec).elements())
        .sum();
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    tensor.read(0, values, 0, values.length);
    return values;
  }
}
