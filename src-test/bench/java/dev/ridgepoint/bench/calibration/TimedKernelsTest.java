package dev.ridgepoint.bench.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.calibration.TimedKernels.TimedKernel;
import dev.ridgepoint.estimator.hardware.Kernel;
import dev.ridgepoint.estimator.hardware.KernelCalibration.Sample;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedKernelsTest {
  private static final Roofline ROOFLINE = new Roofline(100e9, 40e9);

  @Test
  void memoryBoundKernelsSpeedUpWithTheMemory() {
    // 1 GB at 18 of 20 GB/s; under 40 GB/s it would be 36.
    assertEquals(1e9 / 36e9, restated(Kernel.LINEAR, 1_000, 1_000_000_000, 1e9 / 18e9), 1e-12);
  }

  @Test
  void computeBoundKernelsDoNot() {
    assertEquals(1.2, restated(Kernel.LINEAR, 100_000_000_000L, 1_000, 1.2));
  }

  @Test
  void kernelsThatWorkInACacheDoNot() {
    assertEquals(0.1, restated(Kernel.SWIGLU, 1_000, 1_000_000_000, 0.1));
  }

  private static double restated(Kernel kernel, long flops, long bytes, double seconds) {
    Sample sample = new Sample(kernel, "F32", 1, 1, 0, flops, bytes, seconds);
    TimedKernels timed = new TimedKernels(List.of(new TimedKernel(sample, 20e9)), List.of());
    return timed.under(ROOFLINE).samples().getFirst().seconds();
  }
}
