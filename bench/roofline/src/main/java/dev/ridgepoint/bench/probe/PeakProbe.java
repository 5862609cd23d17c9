package dev.ridgepoint.bench.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures the F32 multiply-add peak. */
final class PeakProbe {
  private static final int WARM_UP_CALLS = 50;
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(1);
  private static final int WARM_UP_TRIPS = 64;
  private static final int TRIPS = 4096;

  /** Factors of the chains {@code a += x * y}: neither NaN nor denormal in any number of trips. */
  private static final float X = 0.999f;

  private static final float Y = 0.001f;

  private final List<FmaKernels.Kernel> kernels;

  /**
   * Compiles the kernels.
   *
   * @param notes told of kernels that the compiler did not bring to speed
   */
  PeakProbe(Notes notes) {
    List<FmaKernels.Kernel> fast = new ArrayList<>();
    for (FmaKernels.Kernel kernel : FmaKernels.ALL) {
      if (WarmUp.run(() -> run(kernel, WARM_UP_TRIPS), WARM_UP_CALLS, WARM_UP_LIMIT)) {
        fast.add(kernel);
      } else {
        notes.add(
            String.format(
                Locale.ROOT,
                "the FMA kernel with %d chains was compiled badly and left out",
                kernel.chains()));
      }
    }
    kernels = fast.isEmpty() ? FmaKernels.ALL : fast;
  }

  /** A kernel per entry, counted in FLOPs of all threads together. */
  List<Load> loads(int threads) {
    return kernels.stream()
        .map(
            kernel ->
                new Load(
                    (double) kernel.flops(TRIPS) * threads,
                    (thread, repetitions) -> run(kernel, repetitions * TRIPS)))
        .toList();
  }

  private static int run(FmaKernels.Kernel kernel, int trips) {
    return Float.floatToRawIntBits(kernel.loop().run(trips, X, Y));
  }
}
