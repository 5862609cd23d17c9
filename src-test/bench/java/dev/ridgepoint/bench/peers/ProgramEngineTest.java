package dev.ridgepoint.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.run.JmhMeasurement.Repetition;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.config.ModelCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is made of the words of a program, for which a script stands. */
@DisabledOnOs(OS.WINDOWS)
class ProgramEngineTest {
  private static final Path MODEL = Path.of("model.gguf");
  private static final Workload PREFILL =
      new Workload.Prefill("tiny", ModelCatalog.get("tiny"), 64);
  private static final Workload DECODE = new Workload.Decode("tiny", ModelCatalog.get("tiny"), 128);
  private static final String RATE = "(\\S+) tokens/s";

  @TempDir private Path folder;

  /** Runs lines of a shell script for both kinds of steps. */
  private Engine engine(String script, String rate, String... arguments) throws IOException {
    Path file = Files.writeString(folder.resolve("script"), script);
    List<String> command =
        Stream.concat(Stream.of("/bin/sh", file.toString()), Arrays.stream(arguments)).toList();
    Optional<Program.Test> test =
        Optional.of(new Program.Test(command, Optional.ofNullable(rate).map(Pattern::compile)));
    return new ProgramEngine(
        new Program(
            "mine", Optional.empty(), Optional.of("SSE"), "", Set.of(DType.F32), test, test));
  }

  private static double seconds(Engine engine, Workload workload) throws IOException {
    return engine.run(workload, DType.F32, 2, MODEL).seconds(Repetition.QUICK);
  }

  private static String failure(Engine engine) {
    return assertThrows(IOException.class, () -> seconds(engine, DECODE)).getMessage();
  }

  @Test
  void theLastRateCountsWhereverItIsPrinted() throws IOException {
    Engine engine = engine("echo 16 tokens/s; echo 32 tokens/s >&2", RATE);
    assertEquals(2, seconds(engine, PREFILL), 1e-12);
    assertEquals(1 / 32.0, seconds(engine, DECODE), 1e-12);
  }

  @Test
  void numbersStandWhereTheCommandSaysSo() throws IOException {
    Engine engine =
        engine(
            "echo \"$@\" > %s; echo 1 tokens/s".formatted(folder.resolve("arguments")),
            RATE,
            "{model},t={threads}",
            "{repetitions}",
            "{prompt}",
            "{context}+{steps}");
    seconds(engine, DECODE);
    assertEquals(
        "model.gguf,t=2 5 {prompt} 120+16", Files.readString(folder.resolve("arguments")).strip());
    seconds(engine, PREFILL);
    assertEquals(
        "model.gguf,t=2 5 64 {context}+{steps}",
        Files.readString(folder.resolve("arguments")).strip());
  }

  @Test
  void theUsersWordsOnItComeFirst() throws Throwable {
    assertEquals(
        new Identity(Identity.UNKNOWN, "SSE", ""), engine("echo 1 tokens/s", RATE).identify(MODEL));
    String json = "[{\"build_commit\": \"abc\", \"build_number\": 7, \"samples_ns\": [1]}]";
    assertEquals(
        new Identity("llama.cpp, build abc (7)", "SSE", ""),
        engine("echo '%s'".formatted(json), null).identify(MODEL));
  }

  @Test
  void hasWhatItsFileSays() throws IOException {
    Engine engine = engine("", RATE);
    assertTrue(engine.has(PREFILL, DType.F32));
    assertTrue(engine.has(DECODE, DType.F32));
    assertFalse(engine.has(DECODE, DType.BF16));
    assertFalse(engine.has(new Workload.Product("matmul", 1, 1, 1), DType.F32));
  }

  @Test
  void failuresAreOneLine() throws IOException {
    assertEquals(
        "ended with status 3: no model",
        failure(engine("echo why; echo no model >&2; exit 3", RATE)));
    assertEquals("prints nothing that matches " + RATE, failure(engine("echo 1 token/s", RATE)));
    assertEquals("prints \"fast\", which is no rate", failure(engine("echo fast tokens/s", RATE)));
    assertEquals(
        "prints \"Infinity\", which is no rate", failure(engine("echo Infinity tokens/s", RATE)));
    assertEquals("prints no JSON", failure(engine("echo 1 tokens/s", null)));
    assertEquals("no result", failure(engine("echo '[{\"samples_ns\": []}]'", null)));
  }

  @Test
  void aProgramThatAsksGetsNoAnswer() throws IOException {
    assertEquals(1 / 4.0, seconds(engine("read answer; echo 4 tokens/s", RATE), DECODE), 1e-12);
  }
}
