package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SweepTest {
  private static final long KIB = 1 << 10;
  private static final long GIB = 1 << 30;

  @Test
  void coversPowersOfTwoAndAllCores() {
    assertEquals(List.of(1), Sweep.of(host(1, 64 * GIB, 0), Effort.FULL, Set.of()).threads());
    assertEquals(
        List.of(1, 2, 4, 6), Sweep.of(host(6, 64 * GIB, 0), Effort.FULL, Set.of()).threads());
    assertEquals(List.of(1, 6), Sweep.of(host(6, 64 * GIB, 0), Effort.QUICK, Set.of()).threads());
  }

  @Test
  void exceedsTheCachesButNotAQuarterOfMemory() {
    assertEquals(
        GIB, Sweep.of(host(2, 64 * GIB, 0), Effort.FULL, Set.of()).largestWorkingSetBytes());
    assertEquals(
        2 * GIB,
        Sweep.of(host(2, 64 * GIB, 1152L << 20), Effort.FULL, Set.of()).largestWorkingSetBytes());
    assertEquals(
        GIB / 2, Sweep.of(host(2, 3 * GIB, 0), Effort.FULL, Set.of()).largestWorkingSetBytes());
  }

  @Test
  void givesEachThreadASliceWorthReading() {
    Sweep sweep = Sweep.of(host(6, 64 * GIB, 0), Effort.FULL, Set.of());
    assertEquals(16 * KIB, sweep.workingSets(1).getFirst());
    assertEquals(GIB, sweep.workingSets(1).getLast());
    assertEquals(17, sweep.workingSets(1).size());
    assertTrue(sweep.workingSets(6).getFirst() / 6 >= 16 * KIB);
    assertEquals(
        sweep.threads().stream().mapToInt(n -> 1 + sweep.workingSets(n).size()).sum(),
        sweep.measurements());
  }

  @Test
  void theLargestAloneIsOneWorkingSet() {
    Sweep sweep = Sweep.of(host(2, 64 * GIB, 0), Effort.QUICK, Set.of()).largestAlone();
    assertEquals(List.of(GIB), sweep.workingSets(1));
    assertEquals(List.of(GIB), sweep.workingSets(2));
    assertEquals(4, sweep.measurements());
  }

  @Test
  void slicesAreWholeVectors() {
    assertEquals(0, BandwidthProbe.sliceBytes(100_000, 3) % 512);
    assertEquals(33_280, BandwidthProbe.sliceBytes(100_000, 3));
  }

  private static Host host(int cores, long memoryBytes, long cacheBytes) {
    return new Host(
        "cpu",
        Cores.alike(cores),
        cores,
        memoryBytes,
        List.of(new Cache(3, cacheBytes, 1)),
        512,
        "jdk",
        "os",
        List.of());
  }
}
