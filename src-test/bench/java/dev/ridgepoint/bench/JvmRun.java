package dev.ridgepoint.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A program that ran in a process of its own, with an environment of its own. */
public record JvmRun(int exitCode, String out, String err) {

  /** A Java class of this build, with the options that the engine needs and further ones. */
  public static JvmRun of(
      String mainClass, List<String> jvmOptions, Map<String, String> environment, String... args)
      throws IOException {
    return of(Path.of(""), mainClass, jvmOptions, environment, args);
  }

  /** The same in a working folder. */
  public static JvmRun of(
      Path folder,
      String mainClass,
      List<String> jvmOptions,
      Map<String, String> environment,
      String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(List.of(args));
    return of(folder, command, environment);
  }

  /** Any command; variables are added to the environment, empty ones are taken from it. */
  public static JvmRun of(List<String> command, Map<String, String> environment)
      throws IOException {
    return of(Path.of(""), command, environment);
  }

  /** The same in a working folder. */
  public static JvmRun of(Path folder, List<String> command, Map<String, String> environment)
      throws IOException {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toAbsolutePath().toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      environment.forEach(
          (name, value) -> {
            if (value.isEmpty()) {
              builder.environment().remove(name);
            } else {
              builder.environment().put(name, value);
            }
          });
      int exitCode = builder.start().waitFor();
      return new JvmRun(exitCode, text(out), text(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** What was printed, of a run that must have succeeded. */
  public String text() {
    assertEquals(0, exitCode, err);
    return out;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
