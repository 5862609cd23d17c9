package dev.ridgepoint.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockingTest {

  /** A share's last panels are fewer than are read at once: every count needs a tile. */
  @Test
  void everyTileOfEveryRegisterFileHasAKernel() {
    for (Blocking.RegisterFile registers : Blocking.TABLE) {
      for (int rows : registers.heights()) {
        for (int panels = 1; panels <= registers.plain().of(rows); panels++) {
          Tile tile = new Tile(rows, panels);
          assertTrue(TilesF32.TILES.contains(tile), registers.name() + " " + tile);
          assertTrue(TilesBf16.TILES.contains(tile), registers.name() + " " + tile);
          assertTrue(
              rows > registers.widenedRows() || TilesF16.TILES.contains(tile),
              registers.name() + " " + tile);
        }
        for (int panels = 1; panels <= registers.quantised().of(rows); panels++) {
          assertTrue(
              rows > registers.widenedRows()
                  || (TilesQuantised.TILES.contains(new Tile(rows, panels))
                      && TilesUnscaled.TILES.contains(new Tile(rows, panels))),
              registers.name() + " " + rows + "x" + panels);
        }
      }
    }
  }

  @Test
  void everyTileBelongsToARegisterFile() {
    for (List<Tile> tiles :
        List.of(
            TilesF32.TILES,
            TilesBf16.TILES,
            TilesF16.TILES,
            TilesQuantised.TILES,
            TilesUnscaled.TILES)) {
      for (Tile tile : tiles) {
        assertTrue(
            Blocking.TABLE.stream()
                .anyMatch(
                    registers ->
                        registers.hasHeight(tile.rows())
                            && tile.panels() <= registers.plain().of(tile.rows())),
            tile.toString());
      }
    }
  }

  @Test
  void everyLoopBelongsToARegisterFileAndHasAKernel() {
    Set<Tile> used = new HashSet<>();
    for (Blocking.RegisterFile registers : Blocking.TABLE) {
      for (int rows : registers.loops().heights()) {
        used.add(new Tile(rows, registers.loops().panels()));
      }
    }
    assertEquals(used, Set.copyOf(TileLoops.TILES));
  }

  @Test
  void blocksOfStepsAreWholeBlocksOfEveryFormat() {
    assertEquals(0, Blocking.LOOP_DEPTH % PanelLayout.BLOCK_STEPS);
    assertEquals(0, PanelLayout.BLOCK_STEPS % TileLoops.STEPS);
  }

  @Test
  void aRowOfSumsHoldsWholePanels() {
    assertEquals(0, Blocking.STRIDE % Blocking.PANEL);
  }
}
