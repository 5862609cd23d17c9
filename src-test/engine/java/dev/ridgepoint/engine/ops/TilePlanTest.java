package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.kernels.Blocking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TilePlanTest {

  @ParameterizedTest
  @CsvSource({
    "1 2 4 5, 1, 1",
    "1 2 4 5, 3, 4",
    "1 2 4 5, 6, 4 2",
    "1 2 4 5, 8, 4 4",
    "1 2 4 5, 9, 5 4",
    "1 2 4 6 8 12, 9, 12",
    "1 2 4 6 8 12, 13, 8 6",
    "1 2 4 6 8 12, 16, 8 8",
    "1 2 4 6 8 12, 18, 12 6",
    "1 2 4 6 8 12, 32, 12 12 8",
    "4 5 6, 7, 4 4",
    "4 5 6, 19, 5 5 5 4",
    "4 5 6, 33, 6 6 6 5 5 5",
  })
  void rowsAreCutIntoTilesOfAboutOneHeight(String heights, int rows, String tiles) {
    TilePlan plan = new TilePlan(numbers(heights));
    plan.plan(rows);
    assertEquals(
        tiles, heights(plan).stream().map(String::valueOf).collect(Collectors.joining(" ")));
  }

  @Test
  void everyRowIsInATile() {
    for (TilePlan plan : List.of(TilePlan.ofTiles(), TilePlan.ofLoops())) {
      for (int rows = 1; rows < 300; rows++) {
        plan.plan(rows);
        assertEquals(rows, plan.rowsOf(0, plan.tiles()));
        assertTrue(plan.paddedRows() >= rows);
      }
    }
  }

  @Test
  void someRowsAreCutIntoTheTwoTallestTiles() {
    for (TilePlan plan : List.of(TilePlan.ofTiles(), TilePlan.ofLoops())) {
      TreeSet<Integer> all = new TreeSet<>();
      for (int rows = 1; rows < 1000; rows++) {
        plan.plan(rows);
        all.addAll(heights(plan));
      }
      Set<Integer> met = new TreeSet<>();
      for (int rows : Blocking.rowsOfTallestTiles()) {
        plan.plan(rows);
        met.addAll(heights(plan));
      }
      assertTrue(met.containsAll(all.tailSet(all.lower(all.last()))), met.toString());
    }
  }

  private static List<Integer> heights(TilePlan plan) {
    List<Integer> heights = new ArrayList<>();
    for (int tile = 0; tile < plan.tiles(); tile++) {
      heights.add(plan.tileRows(tile));
    }
    return heights;
  }

  private static int[] numbers(String words) {
    return Arrays.stream(words.split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}
