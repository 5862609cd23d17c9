package dev.ridgepoint.bench.explorer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopsTest {
  private static final List<Integer> NONE = List.of();

  @Test
  void areBoundedByTheModel() {
    Stops stops = Stops.of(1000, NONE, NONE, NONE, List.of(2, 1, 2));
    assertEquals(List.of(1, 2, 4, 8, 16, 32, 64, 128, 256), stops.batches());
    assertEquals(List.of(0, 128, 256, 512, 999), stops.contexts());
    assertEquals(List.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000), stops.prompts());
    assertEquals(List.of(1, 2), stops.threads());
  }

  @Test
  void ofTheSmallestModelsAreFew() {
    assertEquals(List.of(0), Stops.of(1, NONE, NONE, NONE, List.of(1)).contexts());
    assertEquals(List.of(1), Stops.of(1, NONE, NONE, NONE, List.of(1)).prompts());
    assertEquals(List.of(0, 127), Stops.of(128, NONE, NONE, NONE, List.of(1)).contexts());
  }

  @Test
  void endWhereNothingElseBoundsThem() {
    Stops stops = Stops.of(Architecture.UNLIMITED_POSITIONS, NONE, NONE, NONE, List.of(1));
    assertEquals((1 << 17) - 1, stops.contexts().getLast());
    assertEquals(1 << 17, stops.prompts().getLast());
  }

  @Test
  void longContextsAreEverySecondPower() {
    assertEquals(
        List.of(0, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767),
        Stops.of(32768, NONE, NONE, NONE, List.of(1)).contexts());
    assertEquals(
        List.of(0, 128, 512, 2048, 8192, 32768, 131_071),
        Stops.of(131_072, NONE, NONE, NONE, List.of(1)).contexts());
  }

  @Test
  void whatWasMeasuredIsAmongThemWhateverItIs() {
    Stops stops = Stops.of(4096, List.of(3, 512), List.of(100, 128), List.of(33), List.of(1));
    assertEquals(List.of(1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512), stops.batches());
    assertEquals(List.of(0, 100, 128, 256, 512, 1024, 2048, 4095), stops.contexts());
    assertEquals(
        List.of(1, 2, 4, 8, 16, 32, 33, 64, 128, 256, 512, 1024, 2048, 4096), stops.prompts());
  }
}
