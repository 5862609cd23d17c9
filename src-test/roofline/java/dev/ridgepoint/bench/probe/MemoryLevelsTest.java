package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.probe.Ceilings.Bandwidth;
import dev.ridgepoint.estimator.hardware.Machine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of machines that do not tell of their caches. */
class MemoryLevelsTest {

  @Test
  void plateausBecomeLevelsAndSlopesCountToTheFaster() {
    assertEquals(
        List.of("L1", "L1", "L2", "L2", "L2", "L3", "L3", "L3", "DRAM", "DRAM"),
        levels(400, 390, 150, 149, 80, 30, 29, 20, 15, 14));
  }

  @Test
  void aMachineWithTwoPlateausHasACacheAndMemory() {
    assertEquals(List.of("L1", "L1", "DRAM", "DRAM"), levels(100, 99, 10, 10));
  }

  @Test
  void moreThanFourPlateausAreMergedWhereTheyAreClosest() {
    assertEquals(
        List.of("L1", "L1", "L2", "L2", "L3", "L3", "L3", "L3", "DRAM", "DRAM"),
        levels(400, 400, 150, 150, 60, 60, 45, 45, 15, 15));
  }

  @Test
  void everyNumberOfThreadsHasItsOwnCurve() {
    List<Bandwidth> both = new ArrayList<>(curve(1, 100, 99, 10, 10));
    both.addAll(curve(2, 200, 199, 198, 11, 11));
    assertEquals(
        List.of("L1", "L1", "DRAM", "DRAM", "L1", "L1", "L1", "DRAM", "DRAM"),
        MemoryLevels.name(both, List.of()).stream().map(Machine.Bandwidth::level).toList());
  }

  private static List<String> levels(double... gigabytesPerSecond) {
    return MemoryLevels.name(curve(1, gigabytesPerSecond), List.of()).stream()
        .map(Machine.Bandwidth::level)
        .toList();
  }

  private static List<Bandwidth> curve(int threads, double... gigabytesPerSecond) {
    List<Bandwidth> curve = new ArrayList<>();
    long workingSetBytes = 16 << 10;
    for (double rate : gigabytesPerSecond) {
      curve.add(new Bandwidth(threads, workingSetBytes, Spread.of(rate * 1e9)));
      workingSetBytes *= 2;
    }
    return curve;
  }
}
