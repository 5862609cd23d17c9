package dev.ridgepoint.peers;

import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Identity;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.engine.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
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

  /** Its kernels with AMX (kernel/x86_64/sbgemm_kernel_16x16_spr.c) are for BF16 alone. */
  @Override
  public Identity identify(Path model) throws Throwable {
    String environment = OpenBlasCore.choose();
    Loader.load(openblas_nolapack.class);
    String library =
        Loader.getLoadedLibraries().entrySet().stream()
            .filter(loaded -> loaded.getKey().startsWith("openblas"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    return new Identity(
        text(library, "openblas_get_config").strip(),
        "kernels for " + text(library, "openblas_get_corename"),
        "no AMX for F32" + (environment.isEmpty() ? "" : "; " + environment));
  }

  /** The text that a C function without arguments returns, which the binding lacks. */
  @SuppressWarnings("restricted")
  private static String text(String library, String function) throws Throwable {
    MemorySegment address =
        SymbolLookup.libraryLookup(Path.of(library), Arena.global()).findOrThrow(function);
    MemorySegment text =
        (MemorySegment)
            Linker.nativeLinker()
                .downcallHandle(address, FunctionDescriptor.of(ValueLayout.ADDRESS))
                .invokeExact();
    return text.reinterpret(LONGEST_TEXT).getString(0);
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
