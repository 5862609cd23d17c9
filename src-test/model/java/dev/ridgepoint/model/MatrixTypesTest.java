package dev.ridgepoint.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixTypesTest {
  private static final int IQ4_NL = 20;
  private static final int[] TOKENS = {87, 14, 122, 21, 45};

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"q8_0, Q8_0", "q4_0, Q4_0+Q6_K", "q4_k_s, Q4_K+Q6_K+Q5_K", "q6_k, Q6_K"})
  void theTypesOfAFileAreNamedByTheirBytes(String file, String name) {
    try (Checkpoint checkpoint =
        Checkpoint.open(TestResources.path("quant/model-" + file + ".gguf"))) {
      MatrixTypes types = MatrixTypes.stored(checkpoint);
      assertEquals(name, types.name());
      assertEquals(List.of(), types.conversions());
    }
  }

  @Test
  void typesOutliveTheirCheckpoint() {
    MatrixTypes types;
    Map<TensorSpec, DType> stored;
    try (Checkpoint checkpoint = Checkpoint.open(TestResources.path("quant/model-q4_k_s.gguf"))) {
      types = MatrixTypes.stored(checkpoint);
      stored =
          checkpoint
              .layout()
              .tensors()
              .filter(TensorSpec::isMatrix)
              .collect(Collectors.toMap(Function.identity(), checkpoint::dtype));
    }
    stored.forEach((matrix, type) -> assertEquals(type, types.of(matrix), matrix.name()));
    TensorSpec any = stored.keySet().iterator().next();
    TensorSpec unknown = new TensorSpec(any.role(), any.part(), 1000, any.shape());
    assertThrows(IllegalArgumentException.class, () -> types.of(unknown));
  }

  @Test
  void aTypeWithoutPanelsIsConvertedToOneThatHoldsIt() throws IOException {
    Path file = nonLinear();
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      MatrixTypes types = MatrixTypes.stored(checkpoint);
      assertEquals("F32", types.name());
      assertEquals(
          List.of(
              "8 matrices in IQ4_NL are converted to F32, which holds them exactly: no kernel"
                  + " multiplies them as they are"),
          types.conversions());
    }
    try (Forward stored = new Forward(file, 1);
        Forward floats = new Forward(file, 1, DType.F32)) {
      float[][] expected = floats.logits(TOKENS, TOKENS.length);
      float[][] actual = stored.logits(TOKENS, TOKENS.length);
      for (int position = 0; position < TOKENS.length; position++) {
        assertArrayEquals(expected[position], actual[position]);
      }
    }
  }

  /** A file of Q4_0, whose blocks are as large, that says that its matrices are IQ4_NL. */
  private Path nonLinear() throws IOException {
    Path file = folder.resolve("model.gguf");
    List<String> matrices;
    try (Checkpoint original = Checkpoint.open(TestResources.path("quant/model-q8_0.gguf"));
        Workers workers = new Workers(1)) {
      matrices =
          original.names().stream()
              .filter(name -> name.endsWith(".weight") && !name.contains("norm"))
              .toList();
      new ModelExport(
              original.architecture(),
              new CheckpointWeights(original),
              DType.Q4_0,
              Optional.empty())
          .write(file, workers, (done, total) -> {});
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    for (String matrix : matrices) {
      // The name is followed by the number of dimensions, two of them, and the type.
      bytes.putInt(endOf(matrix, bytes.array()) + Integer.BYTES + 2 * Long.BYTES, IQ4_NL);
    }
    return Files.write(file, bytes.array());
  }

  private static int endOf(String name, byte[] bytes) {
    byte[] wanted = name.getBytes(UTF_8);
    int at = 0;
    while (!ByteBuffer.wrap(bytes, at, wanted.length).equals(ByteBuffer.wrap(wanted))) {
      at++;
    }
    return at + wanted.length;
  }
}
