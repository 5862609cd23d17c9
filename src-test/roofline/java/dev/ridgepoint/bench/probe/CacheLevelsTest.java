package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.probe.Ceilings.Bandwidth;
import dev.ridgepoint.estimator.hardware.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the system tells of its caches beside curves as such machines have them. */
class CacheLevelsTest {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  private static final List<Cache> ZEN_3 =
      List.of(new Cache(1, 32 * KIB, 2), new Cache(2, 512 * KIB, 2), new Cache(3, 32 * MIB, 1));
  private static final List<Cache> ZEN_4 =
      List.of(new Cache(1, 32 * KIB, 2), new Cache(2, MIB, 2), new Cache(3, 32 * MIB, 1));

  /** Two clusters' caches are the last; none is private but the first. */
  private static final List<Cache> APPLE =
      List.of(new Cache(1, 128 * KIB, 8), new Cache(2, 16 * MIB, 2));

  private static final List<Cache> XEON =
      List.of(new Cache(1, 48 * KIB, 2), new Cache(2, 2 * MIB, 2), new Cache(3, 105 * MIB, 1));

  /**
   * The third level is nearly as fast as the second, so that the curve shows one plateau of both.
   */
  @Test
  void levelsOfOnePlateauAreToldApartByTheirSizes() {
    double[] rates = {110, 108, 62, 61, 60, 60, 59, 55, 54, 53, 52, 50, 30, 22, 20, 20, 20};
    assertEquals(
        Map.of("L1", 32 * KIB, "L2", 512 * KIB, "L3", 32 * MIB, "DRAM", 1024 * MIB),
        largest(ZEN_3, 1, rates));
    assertEquals(List.of(), doubts(ZEN_3, 1, rates));
  }

  @Test
  void privateCachesCountForEachThreadAndSharedOnesOnce() {
    double[] rates = {
      400, 390, 380, 200, 199, 198, 190, 120, 119, 118, 110, 100, 50, 40, 33, 33, 33
    };
    assertEquals(
        Map.of("L1", 64 * KIB, "L2", 2 * MIB, "L3", 32 * MIB, "DRAM", 1024 * MIB),
        largest(ZEN_4, 2, rates));
  }

  @Test
  void theLastCacheNeedNotBeTheThird() {
    double[] rates = {
      500, 500, 500, 480, 250, 250, 250, 250, 250, 240, 230, 120, 100, 90, 90, 90, 90
    };
    assertEquals(
        Map.of("L1", 128 * KIB, "L2", 16 * MIB, "DRAM", 1024 * MIB), largest(APPLE, 1, rates));
    assertEquals(
        Map.of("L1", 512 * KIB, "L2", 32 * MIB, "DRAM", 1024 * MIB), largest(APPLE, 4, rates));
  }

  /** A neighbour's share, or the hypervisor's invention. */
  @Test
  void aCacheThatReadsDoNotConfirmIsMemoryAndIsSaid() {
    double[] rates = {300, 295, 120, 119, 118, 117, 100, 45, 40, 30, 12, 12, 11.5, 11, 11, 11, 11};
    assertEquals(
        Map.of("L1", 32 * KIB, "L2", 2 * MIB, "L3", 8 * MIB, "DRAM", 1024 * MIB),
        largest(XEON, 1, rates));
    assertEquals(
        List.of(
            "the system says that L3 reaches 105 MiB with 1 thread, but from 16 MiB on reads are as"
                + " slow as memory's"),
        doubts(XEON, 1, rates));
  }

  @Test
  void aCacheThatTheSystemDoesNotTellOfIsSaid() {
    double[] rates = {110, 108, 62, 61, 60, 60, 59, 55, 54, 53, 52, 50, 45, 44, 20, 20, 20};
    assertEquals(
        Map.of("L1", 32 * KIB, "L2", 512 * KIB, "L3", 128 * MIB, "DRAM", 1024 * MIB),
        largest(ZEN_3, 1, rates));
    assertEquals(
        List.of(
            "the system says that L3 reaches 32 MiB with 1 thread, but up to 128 MiB reads are"
                + " faster than memory's"),
        doubts(ZEN_3, 1, rates));
  }

  /** The largest working set of each level. */
  private static Map<String, Long> largest(List<Cache> caches, int threads, double... rates) {
    Map<String, Long> largest = new LinkedHashMap<>();
    for (Machine.Bandwidth each : MemoryLevels.name(curve(threads, rates), caches)) {
      largest.merge(each.level(), each.workingSetBytes(), Math::max);
    }
    return largest;
  }

  private static List<String> doubts(List<Cache> caches, int threads, double... rates) {
    return MemoryLevels.doubts(curve(threads, rates), caches);
  }

  /** From 16 KiB on by factors of two. */
  private static List<Bandwidth> curve(int threads, double... gigabytesPerSecond) {
    List<Bandwidth> curve = new ArrayList<>();
    long workingSetBytes = 16 * KIB;
    for (double rate : gigabytesPerSecond) {
      curve.add(new Bandwidth(threads, workingSetBytes, Spread.of(rate * 1e9)));
      workingSetBytes *= 2;
    }
    return curve;
  }
}
