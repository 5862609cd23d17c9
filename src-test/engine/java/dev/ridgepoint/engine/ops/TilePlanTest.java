package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.kernels.Blocking;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TilePlanTest {
  @Test
  void aFewNumbersOfRowsMeetTheTilesOfAllOfThreeOrMore() {
    Set<Integer> met = new TreeSet<>();
    for (int rows : Blocking.rowsOfEveryHeight()) {
      addHeights(rows, met);
    }
    Set<Integer> all = new TreeSet<>();
    for (int rows = 3; rows < 1000; rows++) {
      addHeights(rows, all);
    }
    assertEquals(all, met);
  }

  private static void addHeights(int rows, Set<Integer> heights) {
    TilePlan block = new TilePlan();
    block.plan(rows);
    for (int tile = 0; tile < block.tiles(); tile++) {
      heights.add(block.tileRows(tile));
    }
  }
}
