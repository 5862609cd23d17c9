package dev.ridgepoint.bench.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.calibration.TimedKernels.Reads;
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
    for (List<TimedKernel> turns :
        List.of(List.of(favoured, middle, fast), List.of(fast, favoured, middle))) {
      Sample sample = under(turns, Reads.of(20e9));
      assertEquals(0.082, sample.seconds(), 1e-12);
      assertEquals(0.080, sample.lowestSeconds(), 1e-12);
      assertEquals(0.085, sample.highestSeconds(), 1e-12);
    }
  }

  @Test
  void theIntervalReachesFromTheBestMemoryToTheWorst() {
    Sample sample =
        under(List.of(timed(0.080, 20e9), timed(0.082, 20e9)), new Reads(20e9, 10e9, 40e9));
    assertEquals(0.081, sample.seconds(), 1e-12);
    assertEquals(0.055, sample.lowestSeconds(), 1e-12);
    assertEquals(0.132, sample.highestSeconds(), 1e-12);
  }

  @Test
  void kernelsOfOtherShapesStayApart() {
    Sample rows = new Sample(Kernel.LINEAR, "F32", 1, 2, 0, 1_000, 1_000_000_000, 0.1);
    TimedKernels timed =
        new TimedKernels(
            List.of(timed(0.080, 20e9), new TimedKernel(rows, 20e9), timed(0.082, 20e9)),
            List.of());
    assertEquals(2, timed.under(Reads.of(20e9)).samples().size());
  }

  private static Sample under(List<TimedKernel> turns, Reads reads) {
    return new TimedKernels(turns, List.of()).under(reads).samples().getFirst();
  }

  private static TimedKernel timed(double seconds, double readBytesPerSecond) {
    Sample sample = new Sample(Kernel.LINEAR, "F32", 1, 1, 0, 1_000, 1_000_000_000, seconds);
    return new TimedKernel(sample, readBytesPerSecond);
  }

  private static double restated(Kernel kernel, long bytes, double seconds) {
    Sample sample = new Sample(kernel, "F32", 1, 1, 0, 1_000, bytes, seconds);
    TimedKernels timed = new TimedKernels(List.of(new TimedKernel(sample, 20e9)), List.of());
    return timed.under(Reads.of(40e9)).samples().getFirst().seconds();
  }
}
