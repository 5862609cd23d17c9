package dev.ridgepoint.peers;

import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.engine.DType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** The parameters that benchmarks of several engines have alike. */
final class Parameters {
  private Parameters() {}

  /** A run of a {@link ProductBenchmark}. */
  static Engine.JmhRun run(
      Class<? extends ProductBenchmark> benchmark, Workload.Product product, int threads) {
    SortedMap<String, String> parameters = new TreeMap<>();
    parameters.put("rows", Integer.toString(product.rows()));
    parameters.put("inputs", Integer.toString(product.inputs()));
    parameters.put("outputs", Integer.toString(product.outputs()));
    parameters.put("threads", Integer.toString(threads));
    return new Engine.JmhRun(benchmark.getCanonicalName() + ".product", parameters);
  }

  /**
   * A run of the method {@code prefill} or {@code decode} of an engine that loads exported models.
   *
   * @param prefill has the one
   * @param decode has the other
   */
  static Engine.JmhRun run(
      Class<?> prefill, Class<?> decode, Workload workload, Path model, DType dtype, int threads) {
    return switch (workload) {
      case Workload.Prefill step ->
          run(
              prefill.getCanonicalName() + ".prefill",
              model,
              dtype,
              threads,
              "tokens",
              step.prompt());
      case Workload.Decode step ->
          run(
              decode.getCanonicalName() + ".decode",
              model,
              dtype,
              threads,
              "tokens",
              step.context());
      case Workload.Product product -> throw new IllegalArgumentException(product.label());
    };
  }

  /** A run of a benchmark of a model. */
  static Engine.JmhRun run(
      String benchmark, Path model, DType dtype, int threads, String tokensName, int tokens) {
    SortedMap<String, String> parameters = new TreeMap<>();
    parameters.put("model", model.toString());
    parameters.put("dtype", dtype.name().toLowerCase(Locale.ROOT));
    parameters.put("threads", Integer.toString(threads));
    parameters.put(tokensName, Integer.toString(tokens));
    return new Engine.JmhRun(benchmark, parameters);
  }
}
