package dev.ridgepoint.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
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
                  || TilesQuantised.TILES.contains(new Tile(rows, panels)),
              registers.name() + " " + rows + "x" + panels);
        }
      }
    }
  }

  @Test
  void everyTileBelongsToARegisterFile() {
    for (List<Tile> tiles :
        List.of(TilesF32.TILES, TilesBf16.TILES, TilesF16.TILES, TilesQuantised.TILES)) {
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
  void rowsBeginWithTheLowestTileThatHoldsThem() {
    assertArrayEquals(new int[] {1, 2, 4, 4, 5, 5, 5, 5, 5}, heights("avx2", 9));
    assertArrayEquals(heights("avx2", 9), heights("sse", 9));
    assertArrayEquals(
        new int[] {1, 2, 4, 4, 6, 6, 8, 8, 12, 12, 12, 12, 8, 8, 8, 8, 12, 12},
        heights("avx512", 18));
    assertArrayEquals(heights("avx512", 18), heights("neon", 18));
  }

  @Test
  void aRowOfSumsHoldsWholePanels() {
    assertEquals(0, Blocking.STRIDE % Blocking.PANEL);
  }

  private static int[] heights(String registers, int rows) {
    Blocking.RegisterFile row =
        Blocking.TABLE.stream().filter(r -> r.name().equals(registers)).findFirst().orElseThrow();
    return IntStream.rangeClosed(1, rows).map(row::tileRows).toArray();
  }
}
