package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.MatrixTypes;
import java.time.Duration;
import java.util.List;

/**
 * Times this machine's kernels for the estimator's calibrated predictions, on one model's shapes,
 * with synthetic weights. It holds on to the weights for the team that it was last asked for.
 */
public final class Calibrator implements AutoCloseable {
  private final Architecture architecture;
  private final MatrixTypes types;
  private final Duration each;
  private KernelBench bench;
  private int threads;

  /**
   * Makes nothing yet.
   *
   * @param types how the matrices are stored
   * @param each how long the heavy kernels are timed on each of their shapes
   */
  public Calibrator(Architecture architecture, MatrixTypes types, Duration each) {
    this.architecture = architecture;
    this.types = types;
    this.each = each;
  }

  /** Memory that a calibrator of these holds on to, in bytes. */
  public static long memoryBytes(Architecture architecture, MatrixTypes types) {
    return KernelBench.memoryBytes(architecture, types);
  }

  /** Kernels on all shapes with a team of {@code threads}, as fast as they are now. */
  public TimedKernels time(int threads, Shapes shapes) {
    if (bench == null || this.threads != threads) {
      close();
      bench = new KernelBench(architecture, types, threads, each);
      this.threads = threads;
    }
    return new TimedKernels(bench.samples(shapes), List.of(bench.dispatch()));
  }

  @Override
  public void close() {
    if (bench != null) {
      bench.close();
      bench = null;
    }
  }
}
