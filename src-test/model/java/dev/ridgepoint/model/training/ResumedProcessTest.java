package dev.ridgepoint.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose processes end is that of one process, to the last bit: although the JVM that begins
 * it compiles nothing, and this one has compiled all.
 */
class ResumedProcessTest {
  private static final int COMPILED_AFTER = 200;

  @Test
  void goesOnInAnotherJvm(@TempDir Path whole, @TempDir Path parts, @TempDir Path warmUp)
      throws IOException {
    TrainingProcess.train(warmUp, COMPILED_AFTER);
    int expected = TrainingProcess.train(whole, 4);

    run(parts, 2, "-Xint");
    assertEquals("hash " + expected, run(parts, 4));
  }

  private static String run(Path folder, int steps, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    for (String property : List.of("ridgepoint.vectorBits", "ridgepoint.registers")) {
      if (System.getProperty(property) != null) {
        command.add("-D" + property + "=" + System.getProperty(property));
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TrainingProcess.class.getName());
    command.addAll(List.of(folder.toString(), Integer.toString(steps)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (var out = process.getInputStream()) {
      return new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
    } finally {
      process.destroy();
    }
  }
}
