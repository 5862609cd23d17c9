package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.estimator.hardware.Kernel;
import dev.ridgepoint.estimator.hardware.KernelCalibration;
import dev.ridgepoint.estimator.hardware.KernelCalibration.Dispatch;
import dev.ridgepoint.estimator.hardware.KernelCalibration.Sample;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.List;
import java.util.stream.Stream;

/**
 * Kernels with the bandwidth that they were timed under. On a shared machine it changes within
 * seconds, so that a kernel's time is worth something only beside it.
 */
public record TimedKernels(List<TimedKernel> kernels, List<Dispatch> dispatches) {

  /** No kernel timed. */
  public static final TimedKernels NONE = new TimedKernels(List.of(), List.of());

  /**
   * One kernel.
   *
   * @param readBytesPerSecond what plain reads of memory got right before and after it
   */
  public record TimedKernel(Sample sample, double readBytesPerSecond) {

    /** The time that it would have taken under another bandwidth, at the same efficiency. */
    private Sample under(Roofline roofline) {
      if (sample.kernel() != Kernel.LINEAR && sample.kernel() != Kernel.ATTENTION) {
        return sample; // the others work in a cache
      }
      Roofline then = new Roofline(roofline.peakFlopsPerSecond(), readBytesPerSecond);
      double ratio =
          roofline.boundSeconds(sample.flops(), sample.bytes())
              / then.boundSeconds(sample.flops(), sample.bytes());
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

  /** These and others. */
  public TimedKernels and(TimedKernels others) {
    return new TimedKernels(
        Stream.concat(kernels.stream(), others.kernels.stream()).toList(),
        Stream.concat(dispatches.stream(), others.dispatches.stream()).distinct().toList());
  }

  /**
   * The calibration for predictions of what runs under {@code roofline}.
   *
   * @param roofline its slope is the bandwidth of memory at the time that is predicted
   */
  public KernelCalibration under(Roofline roofline) {
    return new KernelCalibration(
        kernels.stream().map(kernel -> kernel.under(roofline)).toList(), dispatches);
  }
}
