package dev.ridgepoint.peers;

import com.github.tjake.jlama.tensor.operations.TensorOperationsProvider;
import com.github.tjake.jlama.util.MachineSpec;
import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Identity;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;

/** Jlama: a transformer in Java, with native code for its products where there is a library. */
final class Jlama implements Engine {
  /** Q4_0 as its own Q4: blocks of 32 with a scale, too. */
  private static final Set<DType> DTYPES = EnumSet.of(DType.F32, DType.BF16, DType.Q4_0);

  /** By disassembly of the libjlama.so of version 0.8.4: no instruction on 512-bit registers. */
  private static final String NATIVE_CODE = ", on x86 built for AVX2 without AVX-512";

  @Override
  public String name() {
    return "Jlama";
  }

  @Override
  public ModelFormat format() {
    return ModelFormat.FOLDER;
  }

  /** Loads the model, because not all of what may fail on a new JDK does so before. */
  @Override
  public Identity identify(Path model) throws IOException {
    JlamaModel.load(model, DType.F32, 1).close();
    String operations = TensorOperationsProvider.get().name();
    return new Identity(
        "Jlama " + version(),
        "%s%s; Java's vectors as for %s"
            .formatted(
                operations,
                operations.startsWith("Native") ? NATIVE_CODE : "",
                MachineSpec.VECTOR_TYPE),
        "KV cache in F32; time includes sampling, greedily");
  }

  /** From what Maven leaves in the jar, whose manifest has no version. */
  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream file =
        Jlama.class.getResourceAsStream(
            "/META-INF/maven/com.github.tjake/jlama-core/pom.properties")) {
      properties.load(file);
    }
    return properties.getProperty("version", Identity.UNKNOWN);
  }

  @Override
  public DType exportType(DType dtype) {
    return dtype == DType.Q4_0 ? DType.F32 : dtype;
  }

  @Override
  public boolean has(Workload workload, DType dtype) {
    return workload instanceof Workload.ModelStep && DTYPES.contains(dtype);
  }

  @Override
  public Run run(Workload workload, DType dtype, int threads, Path model) {
    return Parameters.run(
        JlamaBenchmark.class, JlamaBenchmark.class, workload, model, dtype, threads);
  }
}
