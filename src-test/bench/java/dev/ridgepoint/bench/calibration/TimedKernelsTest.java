package dev.ridgepoint.bench.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.calibration.TimedKernels.TimedKernel;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.time.KernelCalibration.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedKernelsTest {
  @Test
  void onlyTheShareOfReadingChangesWithTheMemory() {
    // 1 GB at 20 GB/s is 50 ms of the 80; under 40 GB/s it would be 25.
    assertEquals(0.055, restated(Kernel.LINEAR, 1_000_000_000, 0.080), 1e-12);
  }

  @Test
  void whatReadsNextToNothingStaysAsItIs() {
    assertEquals(1.2, restated(Kernel.ATTENTION, 1_000, 1.2), 1e-6);
  }

  @Test
  void whatIsFasterThanTheReadsIsAllReading() {
    assertEquals(0.02, restated(Kernel.LINEAR, 1_000_000_000, 0.04), 1e-12);
  }

  @Test
  void kernelsThatWorkInACacheStayAsTheyAre() {
    assertEquals(0.1, restated(Kernel.SWIGLU, 1_000_000_000, 0.1));
  }

  /** A gigabyte in 20 ms, where the memory gives 20 in a second. */
  @Test
  void whatReadsFasterThanMemoryStaysAsItIs() {
    assertEquals(0.02, restated(Kernel.LINEAR, 1_000_000_000, 0.02));
  }

  @Test
  void theMedianIsTakenUnderOneBandwidth() {
    // Under 20 GB/s 80, 85 and 82 ms, under 40 GB/s 55, 60 and 57.
    TimedKernel fast = timed(0.080, 20e9);
    TimedKernel favoured = timed(0.060, 40e9);
    TimedKernel middle = timed(0.082, 20e9);
    assertEquals(middle, TimedKernels.median(List.of(favoured, middle, fast)));
    assertEquals(middle, TimedKernels.median(List.of(fast, favoured, middle)));
  }

  private static TimedKernel timed(double seconds, double readBytesPerSecond) {
    Sample sample = new Sample(Kernel.LINEAR, "F32", 1, 1, 0, 1_000, 1_000_000_000, seconds);
    return new TimedKernel(sample, readBytesPerSecond);
  }

  private static double restated(Kernel kernel, long bytes, double seconds) {
    Sample sample = new Sample(kernel, "F32", 1, 1, 0, 1_000, bytes, seconds);
    TimedKernels timed = new TimedKernels(List.of(new TimedKernel(sample, 20e9)), List.of());
    return timed.under(40e9).samples().getFirst().seconds();
  }
}
