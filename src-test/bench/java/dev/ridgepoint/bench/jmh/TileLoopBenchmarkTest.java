package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.TileLoops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TileLoopBenchmarkTest {

  @Test
  void everyLoopCanBeMeasured() {
    TileLoops.TILES.forEach(
        tile -> {
          TileLoopBenchmark benchmark = new TileLoopBenchmark();
          benchmark.tile = tile.toString();
          benchmark.setUp();
          benchmark.multiplyAdd();
        });
  }

  @Test
  void countsProductsAndWeightsOfWholeTiles() {
    Work work = new TileLoopBenchmark.Counts().work("multiplyAdd", Map.of("tile", "6x1")::get);
    assertEquals(2L * 42 * 6 * Blocking.PANEL * 256, work.flops());
    assertEquals(42L * 4 * Blocking.PANEL * 256, work.bytes());
  }

  @Test
  void namesWhatItDoesNotKnow() {
    TileLoopBenchmark benchmark = new TileLoopBenchmark();
    benchmark.tile = "7x1";
    assertEquals(
        "no loop over tiles is called 7x1",
        assertThrows(IllegalArgumentException.class, benchmark::setUp).getMessage());
  }
}
