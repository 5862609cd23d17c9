package dev.ridgepoint.bench.roofline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.openjdk.jmh.Main;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody's JMH project that has the profiler's library on its class path. */
record ForeignProject(Path folder) {
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  /** Compiles a class as a build does that has JMH's annotation processor. */
  void compile(String name, String source) throws IOException {
    Path file = folder.resolve(name.replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-cp",
            CLASS_PATH,
            "-processorpath",
            CLASS_PATH,
            "-processor",
            "org.openjdk.jmh.generators.BenchmarkProcessor",
            "-d",
            folder.toString());
    boolean isCompiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                options,
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
            .call();
    assertTrue(isCompiled, messages::toString);
  }

  /** Runs JMH's own program, in a JVM without any option; the benchmarks run in forks of it. */
  Run jmh(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Djmh.ignoreLock=true",
            "-cp",
            folder + File.pathSeparator + CLASS_PATH,
            Main.class.getName()));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
    return new Run(process.waitFor(), output);
  }

  /** JMH's results of a short run with the profiler. */
  JsonNode measure(String... options) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of("-prof", RooflineProfiler.class.getName(), "-foe", "true", "-f", "1"));
    all.addAll(List.of("-wi", "0", "-i", "1", "-r", "20ms", "-rf", "json", "-rff", "out.json"));
    all.addAll(List.of(options));
    Run run = jmh(all.toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.output());
    return JsonMapper.shared().readTree(folder.resolve("out.json").toFile());
  }

  /** A metric of the profiler, which is a positive number. */
  static double metric(JsonNode result, String name) {
    double value = result.at("/secondaryMetrics/roofline." + name + "/score").asDouble(Double.NaN);
    assertTrue(value > 0 && Double.isFinite(value), () -> name + " of " + result);
    return value;
  }

  /** How a program ended, and all that it printed. */
  record Run(int exitCode, String output) {}
}
