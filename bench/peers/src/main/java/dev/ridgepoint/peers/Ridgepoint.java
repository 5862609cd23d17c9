package dev.ridgepoint.peers;

import dev.ridgepoint.bench.Build;
import dev.ridgepoint.bench.jmh.DecodeBenchmark;
import dev.ridgepoint.bench.jmh.PrefillBenchmark;
import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Identity;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.kernels.VectorRegisters;
import java.nio.file.Path;
import java.util.Locale;

/** Ridgepoint itself. */
final class Ridgepoint implements Engine {
  @Override
  public String name() {
    return "Ridgepoint";
  }

  @Override
  public ModelFormat format() {
    return ModelFormat.DRAWN;
  }

  @Override
  public Identity identify(Path model) {
    return new Identity(
        Build.name(),
        String.format(Locale.ROOT, "Java's vectors of %d bits", VectorRegisters.vectorBits()),
        "KV cache in F32; time without sampling");
  }

  @Override
  public boolean has(Workload workload, DType dtype) {
    return true;
  }

  @Override
  public Run run(Workload workload, DType dtype, int threads, Path model) {
    return switch (workload) {
      case Workload.Product product -> Parameters.run(RidgepointProduct.class, product, threads);
      case Workload.Prefill prefill ->
          Parameters.run(
              PrefillBenchmark.class.getCanonicalName() + ".prefill",
              Path.of(prefill.model()),
              dtype,
              threads,
              "prompt",
              prefill.prompt());
      case Workload.Decode decode -> {
        JmhRun run =
            Parameters.run(
                DecodeBenchmark.class.getCanonicalName() + ".decode",
                Path.of(decode.model()),
                dtype,
                threads,
                "context",
                decode.context());
        run.parameters().put("batch", "1");
        yield run;
      }
    };
  }
}
