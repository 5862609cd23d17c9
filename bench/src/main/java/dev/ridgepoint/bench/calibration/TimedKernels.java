package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.time.KernelCalibration;
import dev.ridgepoint.estimator.time.KernelCalibration.Dispatch;
import dev.ridgepoint.estimator.time.KernelCalibration.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
      return with(sample, ratio * sample.seconds());
    }
  }

  /** What plain reads of memory got while something ran, in bytes per second. */
  public record Reads(double typical, double lowest, double highest) {

    /** Reads that do not vary. */
    public static Reads of(double bytesPerSecond) {
      return new Reads(bytesPerSecond, bytesPerSecond, bytesPerSecond);
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

  /** These and others. */
  public TimedKernels and(TimedKernels others) {
    return new TimedKernels(
        Stream.concat(kernels.stream(), others.kernels.stream()).toList(),
        Stream.concat(dispatches.stream(), others.dispatches.stream()).distinct().toList());
  }

  /**
   * The calibration for predictions of what runs while memory has a bandwidth. A kernel that was
   * timed several times has its median, restated for the typical bandwidth, and an interval from
   * the fastest of its times in the best memory to the slowest in the worst.
   *
   * @param reads what plain reads get at that time
   */
  public KernelCalibration under(Reads reads) {
    Map<Sample, List<TimedKernel>> turns =
        kernels.stream()
            .collect(
                Collectors.groupingBy(
                    kernel -> with(kernel.sample(), 1), LinkedHashMap::new, Collectors.toList()));
    return new KernelCalibration(
        turns.values().stream().map(each -> ofTurns(each, reads)).toList(), dispatches);
  }

  private static Sample ofTurns(List<TimedKernel> turns, Reads reads) {
    double[] typical = seconds(turns, reads.typical());
    int last = typical.length - 1;
    double median = (typical[last / 2] + typical[typical.length / 2]) / 2;
    Sample sample = turns.getFirst().sample();
    return new Sample(
        sample.kernel(),
        sample.format(),
        sample.threads(),
        sample.rows(),
        sample.context(),
        sample.flops(),
        sample.bytes(),
        median,
        Math.min(median, seconds(turns, reads.highest())[0]),
        Math.max(median, seconds(turns, reads.lowest())[last]));
  }

  private static double[] seconds(List<TimedKernel> turns, double readBytesPerSecond) {
    return turns.stream()
        .mapToDouble(kernel -> kernel.under(readBytesPerSecond).seconds())
        .sorted()
        .toArray();
  }

  private static Sample with(Sample sample, double seconds) {
    return new Sample(
        sample.kernel(),
        sample.format(),
        sample.threads(),
        sample.rows(),
        sample.context(),
        sample.flops(),
        sample.bytes(),
        seconds);
  }
}
