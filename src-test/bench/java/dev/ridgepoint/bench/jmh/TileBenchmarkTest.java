package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Param;

class TileBenchmarkTest {

  @Test
  void everyTileOfThisMachineAgreesWithTheReference() {
    for (String tile : TileBenchmark.tilesOfThisMachine()) {
      for (String weightsIn : List.of("L1", "L2")) {
        TileBenchmark benchmark = new TileBenchmark();
        benchmark.tile = tile;
        benchmark.weightsIn = weightsIn;
        benchmark.setUp();
        benchmark.multiplyAdd();
        benchmark.tearDown();
      }
    }
  }

  @Test
  void tilesOfTheAnnotationAreThoseOfAnyMachine() throws NoSuchFieldException {
    Field field = TileBenchmark.class.getDeclaredField(TileBenchmark.TILE);
    List<String> always = List.of(field.getAnnotation(Param.class).value());
    assertTrue(TileBenchmark.tilesOfThisMachine().containsAll(always));
  }

  @Test
  void worksOnWhatItsTileAndItsPanelsSay() {
    Work work = work("bf16-1x4", "memory");
    assertEquals(2L * 4 * Blocking.PANEL * 896, work.flops());
    assertEquals(2L * 4 * Blocking.PANEL * 896, work.bytes());
    assertTrue(work.workingSetBytes() > 500L << 20);
    Work fromL1 = work("bf16-1x4", "L1");
    assertEquals(16L << 10, fromL1.workingSetBytes());
    assertEquals(fromL1.bytes(), fromL1.flops());
  }

  @Test
  void namesWhatItDoesNotKnow() {
    assertEquals(
        "no tile is called bf16-3x1",
        assertThrows(IllegalArgumentException.class, () -> work("bf16-3x1", "L1")).getMessage());
    assertEquals(
        "weightsIn must be L1, L2 or memory, but is L4",
        assertThrows(IllegalArgumentException.class, () -> work("bf16-1x1", "L4")).getMessage());
  }

  private static Work work(String tile, String weightsIn) {
    Map<String, String> parameters = Map.of(TileBenchmark.TILE, tile, "weightsIn", weightsIn);
    return new TileBenchmark.Counts().work("multiplyAdd", parameters::get);
  }
}
