package dev.ridgepoint.peers;

import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.engine.DType;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/** OpenBLAS, which chooses its kernels by the processor when it is loaded. */
final class OpenBlas implements Engine {
  private static final long LONGEST_TEXT = 1000;

  @Override
  public String name() {
    return "OpenBLAS";
  }

  @Override
  public ModelFormat format() {
    return ModelFormat.DRAWN;
  }

  /** OpenBLAS's interface/gemm.c: only its products of BF16 have kernels with AMX. */
  @Override
  public String describe(Path model) {
    openblas_nolapack.blas_get_num_threads(); // loads it
    return "%s; kernels for %s; uses no AMX for F32"
        .formatted(text("openblas_get_config").strip(), text("openblas_get_corename"));
  }

  /** The text that a C function without arguments returns, which the binding lacks. */
  @SuppressWarnings("restricted")
  private static String text(String function) {
    MemorySegment address = MemorySegment.ofAddress(Loader.addressof(function).address());
    try {
      MemorySegment text =
          (MemorySegment)
              Linker.nativeLinker()
                  .downcallHandle(address, FunctionDescriptor.of(ValueLayout.ADDRESS))
                  .invokeExact();
      return text.reinterpret(LONGEST_TEXT).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException(function, e);
    }
  }

  @Override
  public boolean has(Workload workload, DType dtype) {
    return workload instanceof Workload.Product && dtype == DType.F32;
  }

  @Override
  public Run run(Workload workload, DType dtype, int threads, Path model) {
    return Parameters.run(OpenBlasProduct.class, (Workload.Product) workload, threads);
  }
}
