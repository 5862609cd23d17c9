package dev.ridgepoint.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.peers.Engines;
import dev.ridgepoint.bench.peers.Identity;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.bench.run.JmhMeasurement.Repetition;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.config.ModelCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is made of the words of a program in the place of llama-bench. */
@DisabledOnOs(OS.WINDOWS)
class LlamaBenchTest {
  private static final String PROGRAM = "ridgepoint.llamaBench";
  private static final Path MODEL = Path.of("model.gguf");
  private static final Workload DECODE = new Workload.Decode("tiny", ModelCatalog.get("tiny"), 128);
  private static final String RESULT =
      "[{\"build_commit\": \"abc\", \"build_number\": 7, \"samples_ns\": [64e9, 16e9, 32e9]}]";

  @TempDir private Path folder;

  /** Prints its arguments to a file, a line to the log, and {@code output}. */
  private void program(String output) throws IOException {
    Path program = folder.resolve("program");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo "$@" > %s
        echo "load_backend: loaded CPU backend from /lib/libggml-cpu-zen4.so" >&2
        echo '%s'
        """
            .formatted(folder.resolve("arguments"), output));
    assertTrue(program.toFile().setExecutable(true));
    System.setProperty(PROGRAM, program.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(PROGRAM);
  }

  @Test
  void isFoundWithTheOtherEngines() {
    assertTrue(
        Engines.onClassPath().peers().stream().anyMatch(peer -> peer.name().equals("llama-bench")));
  }

  @Test
  void tellsItsBuildAndWhatJavaCannotReach() throws Throwable {
    program(RESULT);
    assertEquals(
        new Identity(
            "llama.cpp, build abc (7)",
            "libggml-cpu-zen4.so, of which Java cannot reach AVX512_VNNI, AVX512_BF16",
            "KV cache in F16; time without sampling"),
        LlamaBench.engine().identify(MODEL));
  }

  @Test
  void aDecodeStepIsTheMedianOfRunsOfSixteenAroundTheContext() throws IOException {
    program(RESULT);
    double seconds =
        LlamaBench.engine().run(DECODE, DType.BF16, 2, MODEL).seconds(Repetition.QUICK);
    assertEquals(2, seconds, 1e-9);
    assertEquals(
        "-m model.gguf -t 2 -ngl 0 -r 5 -o json -p 0 -n 16 -d 120",
        Files.readString(folder.resolve("arguments")).strip());
  }

  @Test
  void saysWhereItIsLookedFor() {
    System.setProperty(PROGRAM, folder.resolve("none").toString());
    IOException failure =
        assertThrows(IOException.class, () -> LlamaBench.engine().identify(MODEL));
    assertEquals(
        folder.resolve("none") + " cannot be started; ridge peers --help says how to name it",
        failure.getMessage());
  }
}
