package dev.ridgepoint.engine.kernels;

/**
 * The register-tiled product of packed operands, {@code c += x * w}, on which every matrix product
 * with many rows rests.
 *
 * <p>{@code x} holds a tile of rows interleaved, {@code [depth][rows]}; {@code w} one panel of
 * {@link Lanes#PANEL} columns, {@code [depth][PANEL]}; {@code c} rows of {@link #STRIDE} floats.
 * All live in arrays on the heap: on memory segments C2 leaves bounds checks in the loop. Each
 * element of c is one chain of fused multiply-adds in ascending depth, so that the result depends
 * neither on the tile's height nor on how the depth is split over calls.
 */
public final class Tiles {
  /** Floats from one row of c to the next; a multiple of every panel width. */
  public static final int STRIDE = 256;

  /** Rows of the tallest tile. */
  public static final int MAX_ROWS = Lanes.MANY_REGISTERS ? 14 : 5;

  private Tiles() {}

  /**
   * Rows of the next tile when {@code remaining} rows, at least 1, are left: one of the heights
   * that exist, at most a few rows too tall, chosen so that no short tile is left for the end.
   */
  public static int nextRows(int remaining) {
    if (Lanes.MANY_REGISTERS) {
      return switch (remaining) {
        case 1, 2 -> 2;
        case 3, 4 -> 4;
        case 5, 6, 7, 8, 15, 16 -> 8;
        case 9, 10, 11, 12, 19, 20, 23, 24 -> 12;
        default -> 14;
      };
    }
    return switch (remaining) {
      case 1 -> 1;
      case 2, 3, 6 -> 3;
      case 4, 7, 8 -> 4;
      default -> 5;
    };
  }

  /**
   * {@code c += x * w} for one tile.
   *
   * @param rows a height that {@link #nextRows} returned
   * @param x {@code depth * rows} floats from {@code xOffset}
   * @param w {@code depth * PANEL} floats from {@code wOffset}
   * @param c {@code rows} rows of {@code PANEL} floats, {@code STRIDE} apart, from {@code cOffset}
   */
  public static void multiplyAdd(
      int rows, float[] x, int xOffset, float[] w, int wOffset, int depth, float[] c, int cOffset) {
    if (Lanes.MANY_REGISTERS) {
      TallTiles.multiplyAdd(rows, x, xOffset, w, wOffset, depth, c, cOffset);
    } else {
      ShortTiles.multiplyAdd(rows, x, xOffset, w, wOffset, depth, c, cOffset);
    }
  }

  /**
   * Interleaves {@code count} rows of {@code depth} floats as {@code [depth][rows]}; missing rows
   * are zero.
   *
   * @param source rows, {@code stride} floats apart
   */
  public static void interleave(
      float[] source,
      int sourceOffset,
      int stride,
      int count,
      int rows,
      int depth,
      float[] target,
      int targetOffset) {
    for (int row = 0; row < rows; row++) {
      int to = targetOffset + row;
      if (row >= count) {
        for (int k = 0; k < depth; k++) {
          target[to + k * rows] = 0f;
        }
      } else {
        int from = sourceOffset + row * stride;
        for (int k = 0; k < depth; k++) {
          target[to + k * rows] = source[from + k];
        }
      }
    }
  }
}
