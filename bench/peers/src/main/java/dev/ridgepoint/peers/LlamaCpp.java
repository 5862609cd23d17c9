package dev.ridgepoint.peers;

import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.LogFormat;
import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.engine.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** llama.cpp through its JNI binding, as the binary in the binding's jar was built. */
final class LlamaCpp implements Engine {
  private static final Pattern BUILD = Pattern.compile("build: (\\d+)");
  private static final Pattern SYSTEM =
      Pattern.compile("system_info: .*\\| CPU : (.*?)\\s*\\|?\\s*");

  @Override
  public String name() {
    return "llama.cpp";
  }

  @Override
  public ModelFormat format() {
    return ModelFormat.GGUF;
  }

  /** What llama.cpp logs of itself while it loads a model. */
  @Override
  public String describe(Path model) {
    Queue<String> log = new ConcurrentLinkedQueue<>(); // native threads write, too
    LlamaModel.setLogger(LogFormat.TEXT, (level, message) -> log.add(message));
    try (LlamaModel _ = new LlamaModel(parameters(model, 1))) {
      List<String> lines = log.stream().flatMap(String::lines).toList();
      String system = first(SYSTEM, lines).replace(" = 1", "").replace(" |", ",");
      return "build %s; instruction sets %s%s; KV cache in F16; time includes sampling, greedily"
          .formatted(
              first(BUILD, lines),
              system,
              system.contains("AMX") ? ", of which Java cannot reach AMX" : "");
    }
  }

  private static String first(Pattern pattern, List<String> lines) {
    return lines.stream()
        .map(pattern::matcher)
        .filter(Matcher::lookingAt)
        .map(match -> match.group(1))
        .findFirst()
        .orElse("unknown");
  }

  /** Of a model on the CPU alone, with room for the contexts that are measured. */
  static ModelParameters parameters(Path model, int threads) {
    return new ModelParameters()
        .setModel(model.toString())
        .setGpuLayers(0)
        .setThreads(threads)
        .setThreadsBatch(threads)
        .setParallel(1);
  }

  @Override
  public boolean has(Workload workload, DType dtype) {
    return workload instanceof Workload.ModelStep;
  }

  @Override
  public Run run(Workload workload, DType dtype, int threads, Path model) {
    return switch (workload) {
      case Workload.Prefill prefill ->
          Parameters.run(
              LlamaCppPrefill.class.getCanonicalName() + ".prefill",
              model,
              dtype,
              threads,
              "tokens",
              prefill.prompt());
      case Workload.Decode decode ->
          Parameters.run(
              LlamaCppDecode.class.getCanonicalName() + ".decode",
              model,
              dtype,
              threads,
              "tokens",
              decode.context());
      case Workload.Product product -> throw new IllegalArgumentException(product.label());
    };
  }
}
