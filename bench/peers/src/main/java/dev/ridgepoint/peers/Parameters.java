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

  /** A run of a benchmark of an exported model. */
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
