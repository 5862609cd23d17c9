package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Lanes.F;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * What the kernels of matrix products, {@code c += x * w}, share: a tile of rows is multiplied with
 * packed panels while its sums stay in registers.
 *
 * <p>{@code x} holds the rows of a tile interleaved, {@code [depth][rows]}; {@code w} panels of
 * {@link Lanes#PANEL} columns in native memory, {@code [depth][PANEL]} in the order of their
 * format; {@code c} rows of {@link #STRIDE} floats. With plain weights each element of c is one
 * chain of fused multiply-adds in ascending depth, so that the result does not depend on the tile's
 * height.
 */
public final class Tiles {
  /** Floats from one row of c to the next; a multiple of every panel width. */
  public static final int STRIDE = 256;

  /**
   * Rows of the tallest tile: with two vectors of sums a row, and two of w, C2 leaves all of them
   * in registers. Taller tiles would fit, but some of their sums are spilled.
   */
  public static final int MAX_ROWS = Lanes.MANY_REGISTERS ? 12 : 5;

  private Tiles() {}

  /** Rows of the tile that {@code remaining} rows, at least 1, begin with: a height that exists. */
  public static int rows(int remaining) {
    if (remaining >= MAX_ROWS) {
      return MAX_ROWS;
    }
    return remaining <= 2 ? remaining : remaining <= 4 ? 4 : remaining <= 8 ? 8 : MAX_ROWS;
  }

  /**
   * Moves a tile's sums for one panel to {@code y += sums + bias}, or {@code y =}, and leaves zeros
   * behind for the next tile.
   *
   * @param height rows of the tile
   * @param rows of the tile that y has
   * @param columns of the panel that y has
   * @param bias of the first column at {@code biasOffset}, or null
   * @param yOffset byte of the first element
   * @param yRowBytes from one row of y to the next
   */
  public static void moveSums(
      float[] c,
      int cOffset,
      int height,
      int rows,
      int columns,
      float[] bias,
      int biasOffset,
      boolean accumulate,
      MemorySegment y,
      long yOffset,
      long yRowBytes) {
    FloatVector zero = FloatVector.zero(F);
    if (columns == PANEL) {
      FloatVector biasA = bias == null ? zero : FloatVector.fromArray(F, bias, biasOffset);
      FloatVector biasB = bias == null ? zero : FloatVector.fromArray(F, bias, biasOffset + LENGTH);
      for (int row = 0; row < rows; row++) {
        int from = cOffset + row * STRIDE;
        long to = yOffset + row * yRowBytes;
        FloatVector a = FloatVector.fromArray(F, c, from).add(biasA);
        FloatVector b = FloatVector.fromArray(F, c, from + LENGTH).add(biasB);
        if (accumulate) {
          a = a.add(FloatVector.fromMemorySegment(F, y, to, LITTLE_ENDIAN));
          b = b.add(FloatVector.fromMemorySegment(F, y, to + 4 * LENGTH, LITTLE_ENDIAN));
        }
        a.intoMemorySegment(y, to, LITTLE_ENDIAN);
        b.intoMemorySegment(y, to + 4 * LENGTH, LITTLE_ENDIAN);
      }
    } else {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          float sum = c[cOffset + row * STRIDE + column];
          sum += bias == null ? 0f : bias[biasOffset + column];
          long to = yOffset + row * yRowBytes + 4L * column;
          sum += accumulate ? y.get(JAVA_FLOAT_UNALIGNED, to) : 0f;
          y.set(JAVA_FLOAT_UNALIGNED, to, sum);
        }
      }
    }
    for (int row = 0; row < height; row++) {
      zero.intoArray(c, cOffset + row * STRIDE);
      zero.intoArray(c, cOffset + row * STRIDE + LENGTH);
    }
  }
}
