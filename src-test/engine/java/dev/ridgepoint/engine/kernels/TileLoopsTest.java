package dev.ridgepoint.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.TestData;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every loop over tiles, whether this machine's products use it or not. */
class TileLoopsTest {
  private static final int[] STEPS = {1, 2, 3, 8, 64};
  private static final int X_OFFSET = 5;
  private static final int C_OFFSET = 3;

  static List<Tile> tiles() {
    return TileLoops.TILES;
  }

  @ParameterizedTest
  @MethodSource("tiles")
  void isTheChainOfTheScalarLoop(Tile tile) {
    Random random = new Random(tile.rows());
    for (int steps : STEPS) {
      for (int count : new int[] {0, 1, 2, 5}) {
        isTheChainOfTheScalarLoop(tile, steps * TileLoops.STEPS, count, random);
      }
    }
  }

  private static void isTheChainOfTheScalarLoop(Tile tile, int depth, int count, Random random) {
    int rows = tile.rows();
    int columns = tile.panels() * Blocking.PANEL;
    float[] x = TestData.random(random, X_OFFSET + count * rows * depth);
    float[] w = TestData.random(random, depth * columns);
    float[] c = TestData.random(random, C_OFFSET + (count * rows + 1) * columns);
    float[] expected = Arrays.copyOf(c, c.length);
    for (int row = 0; row < count * rows; row++) {
      for (int column = 0; column < columns; column++) {
        int at = C_OFFSET + row * columns + column;
        for (int k = 0; k < depth; k++) {
          float left = x[X_OFFSET + row / rows * rows * depth + k * rows + row % rows];
          expected[at] = Math.fma(left, w[k * columns + column], expected[at]);
        }
      }
    }

    TileLoops.multiplyAdd(rows, tile.panels(), count, x, X_OFFSET, w, depth, c, C_OFFSET);

    for (int i = 0; i < c.length; i++) {
      assertEquals(expected[i], c[i], tile + ", " + count + " of depth " + depth + ", sum " + i);
    }
  }
}
