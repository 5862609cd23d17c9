package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.probe.Ceilings.Bandwidth;
import dev.ridgepoint.bench.probe.Ceilings.Peak;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlausibilityTest {

  @Test
  void saysNothingOfASoundMeasurement() {
    assertEquals(
        List.of(),
        notes(
            List.of(peak(1, 100e9), peak(2, 195e9)),
            List.of(read(1, 1 << 15, 200e9), read(1, 1 << 20, 60e9), read(2, 1 << 15, 390e9))));
  }

  @Test
  void notesASlowerCacheThanTheNextAndALostPeak() {
    List<String> notes =
        notes(
            List.of(peak(1, 100e9), peak(2, 80e9)),
            List.of(read(1, 1 << 15, 100e9), read(1, 1 << 20, 160e9)));
    assertEquals(
        List.of(
            "FMA peak with 2 threads is below that with 1",
            "bandwidth with 1 threads over 1024 KiB is above that over 32 KiB"),
        notes);
  }

  @Test
  void notesACeilingThatStandsOnOneSample() {
    List<String> notes = notes(List.of(new Peak(1, Spread.of(50e9, 60e9, 100e9))), List.of());
    assertEquals(1, notes.size());
    assertTrue(notes.getFirst().contains("median 60.0, best 100.0"), notes.getFirst());
  }

  @Test
  void spreadSortsItsSamples() {
    assertEquals(new Spread(1, 2.5, 9, 4), Spread.of(3, 9, 1, 2));
    assertEquals(new Spread(1, 2, 9, 3), Spread.of(9, 1, 2));
    assertEquals(new Spread(1, 3, 9, 4), Spread.of(9, 1, 2).and(Spread.of(6)));
  }

  private static List<String> notes(List<Peak> peaks, List<Bandwidth> bandwidths) {
    Notes notes = new Notes();
    Plausibility.check(peaks, bandwidths, notes);
    return notes.lines();
  }

  private static Peak peak(int threads, double flopsPerSecond) {
    return new Peak(threads, Spread.of(flopsPerSecond));
  }

  private static Bandwidth read(int threads, long bytes, double bytesPerSecond) {
    return new Bandwidth(threads, bytes, Spread.of(bytesPerSecond));
  }
}
