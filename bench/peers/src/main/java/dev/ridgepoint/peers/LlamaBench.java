package dev.ridgepoint.peers;

import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.bench.run.JmhMeasurement.Repetition;
import dev.ridgepoint.bench.run.MedianInterval;
import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * llama.cpp as the user has it, timed by its own {@code llama-bench}: built for this processor, or
 * with a library for each generation of them, as distributions have it.
 */
final class LlamaBench implements Engine {
  /** The system property with the program's path, if it is not on the {@code PATH}. */
  private static final String PROGRAM = "ridgepoint.llamaBench";

  private static final int DECODE_STEPS = 16;
  private static final int MOST_REPETITIONS = 5;

  private static final Pattern LIBRARY = Pattern.compile("loaded CPU backend from .*?([^/\\\\]+)$");
  private static final Pattern GENERATION = Pattern.compile("ggml-cpu-(\\w+)");

  /** Of the libraries per generation (ggml/src/CMakeLists.txt): what Java has nothing like. */
  private static final Map<String, String> OUT_OF_REACH =
      Map.of(
          "alderlake", "AVX_VNNI",
          "cascadelake", "AVX512_VNNI",
          "icelake", "AVX512_VNNI",
          "cooperlake", "AVX512_VNNI, AVX512_BF16",
          "zen4", "AVX512_VNNI, AVX512_BF16",
          "sapphirerapids", "AVX512_VNNI, AVX512_BF16, AMX_INT8");

  private record Output(JsonNode result, List<String> log) {}

  @Override
  public String name() {
    return "llama-bench";
  }

  @Override
  public ModelFormat format() {
    return ModelFormat.GGUF;
  }

  @Override
  public String describe(Path model) throws IOException {
    Output output = bench(model, 1, 1, "-p", "1", "-n", "0");
    String library =
        LlamaCpp.first(LIBRARY, output.log())
            .orElse("a CPU backend that does not tell its instructions");
    Matcher generation = GENERATION.matcher(library);
    String unreachable =
        generation.find() ? OUT_OF_REACH.getOrDefault(generation.group(1), "") : "";
    return String.format(
        Locale.ROOT,
        "llama.cpp, build %s (%d), %s%s; KV cache in F16; time without sampling",
        output.result().required("build_commit").asString(),
        output.result().required("build_number").asInt(),
        library,
        unreachable.isEmpty() ? "" : ", of whose instructions Java cannot reach " + unreachable);
  }

  @Override
  public boolean has(Workload workload, DType dtype) {
    return workload instanceof Workload.ModelStep;
  }

  @Override
  public Run run(Workload workload, DType dtype, int threads, Path model) {
    return switch (workload) {
      case Workload.Prefill prefill ->
          repetition ->
              seconds(model, threads, repetition, "-n", "0", "-p", text(prefill.prompt()));
      case Workload.Decode decode -> {
        // Steps whose contexts average to the one asked for.
        String cached = text(Math.max(0, decode.context() - DECODE_STEPS / 2));
        yield repetition ->
            seconds(model, threads, repetition, "-p", "0", "-n", text(DECODE_STEPS), "-d", cached)
                / DECODE_STEPS;
      }
      case Workload.Product product -> throw new IllegalArgumentException(product.label());
    };
  }

  private static String text(int number) {
    return Integer.toString(number);
  }

  private static double seconds(Path model, int threads, Repetition repetition, String... test)
      throws IOException {
    int repetitions = Math.min(MOST_REPETITIONS, repetition.iterations());
    JsonNode samples = bench(model, threads, repetitions, test).result().required("samples_ns");
    double[] nanos =
        StreamSupport.stream(samples.spliterator(), false)
            .mapToDouble(JsonNode::asDouble)
            .toArray();
    return MedianInterval.of(nanos).median() / 1e9;
  }

  private static Output bench(Path model, int threads, int repetitions, String... test)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty(PROGRAM, "llama-bench"));
    command.addAll(List.of("-m", model.toString(), "-t", text(threads), "-ngl", "0"));
    command.addAll(List.of("-r", text(repetitions), "-o", "json"));
    command.addAll(Arrays.asList(test));
    Path log = Files.createTempFile("llama-bench", ".log");
    try {
      Process process = start(command, log);
      JsonNode results;
      try (var output = process.getInputStream()) {
        results = JsonMapper.shared().readTree(output);
      } catch (JacksonException e) {
        throw new IOException("llama-bench: prints no JSON", e);
      } finally {
        process.destroy();
      }
      List<String> lines = Files.readAllLines(log);
      if (results.size() != 1) {
        throw new IOException("llama-bench: " + (lines.isEmpty() ? "no result" : lines.getLast()));
      }
      return new Output(results.get(0), lines);
    } finally {
      Files.delete(log);
    }
  }

  private static Process start(List<String> command, Path log) throws IOException {
    try {
      return new ProcessBuilder(command).redirectError(log.toFile()).start();
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be started; install llama.cpp, or set RIDGE_JAVA_OPTS=-D%s=PATH"
              .formatted(command.getFirst(), PROGRAM),
          e);
    }
  }
}
