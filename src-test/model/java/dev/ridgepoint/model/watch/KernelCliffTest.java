package dev.ridgepoint.model.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that inlines none of the vectors' multiply-adds, and one that does as it likes. */
class KernelCliffTest {
  private static final String VECTORS_STAY_ON_THE_HEAP =
      "-XX:CompileCommand=dontinline,jdk.incubator.vector.FloatVector::fma";

  private record Outcome(List<String> found, List<String> events, List<String> logged) {}

  @TempDir private Path folder;

  @Test
  void vectorsOnTheHeapAreToldOnceInEveryWay() throws IOException {
    Outcome outcome = run("-XX:CompileCommand=quiet", VECTORS_STAY_ON_THE_HEAP);
    assertEquals(1, outcome.found.size(), outcome.toString());
    assertEquals(outcome.found, outcome.events);
    assertEquals(1, outcome.logged.size(), outcome.toString());
    String line = outcome.logged.getFirst();
    assertTrue(line.startsWith("WARNING: " + outcome.found.getFirst() + " with 1 row"), line);
  }

  @Test
  void aGoodStartTellsNothing() throws IOException {
    assertEquals(new Outcome(List.of(), List.of(), List.of()), run());
  }

  private Outcome run(String... options) throws IOException {
    Path errors = folder.resolve("stderr.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CliffProcess.class.getName());
    command.add(folder.resolve("cliffs.jfr").toString());
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (var out = process.getInputStream()) {
      List<String> lines = new String(out.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      assertTrue(lines.contains("end"), () -> lines + read(errors));
      return new Outcome(
          after("found ", lines),
          after("event ", lines),
          read(errors).lines().filter(line -> line.contains("in every call")).toList());
    } finally {
      process.destroy();
    }
  }

  private static List<String> after(String word, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(word))
        .map(line -> line.substring(word.length()))
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
