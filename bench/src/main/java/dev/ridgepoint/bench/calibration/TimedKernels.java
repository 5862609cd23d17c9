package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.time.KernelCalibration;
import dev.ridgepoint.estimator.time.KernelCalibration.Dispatch;
import dev.ridgepoint.estimator.time.KernelCalibration.Sample;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Kernels with the bandwidth that they were timed under. On a shared machine it changes within
 * seconds, so that a kernel's time is worth something only beside it.
 */
public record TimedKernels(List<TimedKernel> kernels, List<Dispatch> dispatches) {

  /** What reads so many times as fast as plain reads of memory does not read memory. */
  private static final double FROM_A_CACHE = 1.5;

  /** No kernel timed. */
  public static final TimedKernels NONE = new TimedKernels(List.of(), List.of());

  /**
   * One kernel.
   *
   * @param readBytesPerSecond what plain reads of memory got right before and after it
   */
  public record TimedKernel(Sample sample, double readBytesPerSecond) {

    /**
     * Under another bandwidth: the share of the time that reading its bytes accounts for changes
     * with the memory, the rest does not.
     */
    private Sample under(double bytesPerSecond) {
      if (!dependsOnMemory(sample.kernel())) {
        return sample;
      }
      double share = sample.bytes() / readBytesPerSecond / sample.seconds();
      if (share > FROM_A_CACHE) {
        return sample;
      }
      share = Math.min(1, share);
      double ratio = 1 + share * (readBytesPerSecond / bytesPerSecond - 1);
      return new Sample(
          sample.kernel(),
          sample.format(),
          sample.threads(),
          sample.rows(),
          sample.context(),
          sample.flops(),
          sample.bytes(),
          ratio * sample.seconds());
    }
  }

  public TimedKernels {
    kernels = List.copyOf(kernels);
    dispatches = List.copyOf(dispatches);
  }

  /** Whether a kernel's time depends on the memory, and is a large part of a step. */
  static boolean dependsOnMemory(Kernel kernel) {
    return switch (kernel) {
      case LINEAR, ATTENTION -> true;
      // Their operands lie in a cache, and a step spends little on them.
      case RMS_NORM, ROPE, SWIGLU, COPY -> false;
    };
  }

  /**
   * The one of some measurements of a kernel that took the median time, all under the same
   * bandwidth.
   *
   * @param kernels an odd number
   */
  static TimedKernel median(List<TimedKernel> kernels) {
    double bytesPerSecond = kernels.getFirst().readBytesPerSecond();
    return kernels.stream()
        .sorted(Comparator.comparingDouble(kernel -> kernel.under(bytesPerSecond).seconds()))
        .toList()
        .get(kernels.size() / 2);
  }

  /** These and others. */
  public TimedKernels and(TimedKernels others) {
    return new TimedKernels(
        Stream.concat(kernels.stream(), others.kernels.stream()).toList(),
        Stream.concat(dispatches.stream(), others.dispatches.stream()).distinct().toList());
  }

  /**
   * The calibration for predictions of what runs while memory has a bandwidth.
   *
   * @param readBytesPerSecond what plain reads get at that time
   */
  public KernelCalibration under(double readBytesPerSecond) {
    return new KernelCalibration(
        kernels.stream().map(kernel -> kernel.under(readBytesPerSecond)).toList(), dispatches);
  }
}
