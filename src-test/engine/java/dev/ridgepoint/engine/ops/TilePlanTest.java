package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.kernels.Blocking;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TilePlanTest {
  @Test
  void someRowsAreCutIntoTheTwoTallestTiles() {
    Set<Integer> met = new TreeSet<>();
    addHeights(Blocking.rowsOfTallestTiles(), met);
    TreeSet<Integer> all = new TreeSet<>();
    for (int rows = 1; rows < 1000; rows++) {
      addHeights(rows, all);
    }
    assertEquals(all.tailSet(all.lower(all.last())), met);
  }

  private static void addHeights(int rows, Set<Integer> heights) {
    TilePlan block = new TilePlan();
    block.plan(rows);
    for (int tile = 0; tile < block.tiles(); tile++) {
      heights.add(block.tileRows(tile));
    }
  }
}
