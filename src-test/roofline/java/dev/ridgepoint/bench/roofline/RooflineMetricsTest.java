package dev.ridgepoint.bench.roofline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RooflineMetricsTest {
  private static final double PEAK = 200e9;
  private static final double BANDWIDTH = 20e9;

  @Test
  void memoryBoundWorkIsMeasuredAgainstTheBandwidth() {
    // 1 GB takes 50 ms at least; 2 GFLOP would take 10 ms.
    RooflineMetrics metrics =
        RooflineMetrics.of(Work.of(2_000_000_000, 1_000_000_000, 1), 0.1, PEAK, BANDWIDTH);
    assertEquals(20e9, metrics.flopsPerSecond(), 1);
    assertEquals(10e9, metrics.bytesPerSecond(), 1);
    assertEquals(2, metrics.intensity());
    assertEquals(0.5, metrics.fractionOfRoof(), 1e-12);
  }

  @Test
  void computeBoundWorkIsMeasuredAgainstThePeak() {
    RooflineMetrics metrics =
        RooflineMetrics.of(Work.of(100_000_000_000L, 1_000_000_000, 1), 1, PEAK, BANDWIDTH);
    assertEquals(0.5, metrics.fractionOfRoof(), 1e-12);
    assertEquals(100, metrics.intensity());
  }

  @Test
  void workOnRegistersOrWithoutFlopsHasARoofToo() {
    assertEquals(
        0.25,
        RooflineMetrics.of(Work.of(50_000_000_000L, 0, 1), 1, PEAK, BANDWIDTH).fractionOfRoof());
    assertEquals(
        0.5,
        RooflineMetrics.of(Work.of(0, 10_000_000_000L, 1), 1, PEAK, BANDWIDTH).fractionOfRoof());
  }
}
