package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * What the micro-kernels of matrix products, {@code c += x * w}, share: a tile of rows is
 * multiplied with packed panels while its sums stay in registers.
 *
 * <p>{@code x} holds the packed rows of a tile, {@code [depth][rows]}; {@code w} panels of {@link
 * Blocking#PANEL} columns in native memory, {@code [depth][PANEL]} in the order of their format,
 * {@code panelBytes} apart, each no larger than an int counts; {@code c} rows of {@link
 * Blocking#STRIDE} floats. With plain weights each element of c is one chain of fused multiply-adds
 * in ascending depth, so that the result does not depend on the tile's height; {@link Reference} is
 * that chain without vectors.
 */
public final class Tiles {
  private Tiles() {}

  /**
   * Begins a tile's sums for one panel with the bias, or with {@code y + bias} to accumulate. What
   * does not accumulate writes the bias to y, too: lines of y must be fetched before they can be
   * written, and so they are while the tile is multiplied.
   *
   * @param stride floats from one row of sums to the next
   * @param rows of the tile that y has; sums of others are left as they are
   * @param columns of the panel that y has
   * @param bias of the first column at {@code biasOffset}, or null
   * @param yOffset byte of the first element
   * @param yRowBytes from one row of y to the next
   */
  public static void beginSums(
      float[] c,
      int cOffset,
      int stride,
      int rows,
      int columns,
      float[] bias,
      int biasOffset,
      boolean accumulate,
      MemorySegment y,
      long yOffset,
      long yRowBytes) {
    if (columns == PANEL) {
      FloatVector zero = FloatVector.zero(F);
      FloatVector biasA = bias == null ? zero : FloatVector.fromArray(F, bias, biasOffset);
      FloatVector biasB = bias == null ? zero : FloatVector.fromArray(F, bias, biasOffset + LENGTH);
      for (int row = 0; row < rows; row++) {
        int to = cOffset + row * stride;
        long at = yOffset + row * yRowBytes;
        FloatVector a = biasA;
        FloatVector b = biasB;
        if (accumulate) {
          a = a.add(FloatVector.fromMemorySegment(F, y, at, LITTLE_ENDIAN));
          b = b.add(FloatVector.fromMemorySegment(F, y, at + 4 * LENGTH, LITTLE_ENDIAN));
        } else {
          a.intoMemorySegment(y, at, LITTLE_ENDIAN);
          b.intoMemorySegment(y, at + 4 * LENGTH, LITTLE_ENDIAN);
        }
        a.intoArray(c, to);
        b.intoArray(c, to + LENGTH);
      }
    } else {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          float sum = bias == null ? 0f : bias[biasOffset + column];
          long at = yOffset + row * yRowBytes + 4L * column;
          sum += accumulate ? y.get(JAVA_FLOAT_UNALIGNED, at) : 0f;
          c[cOffset + row * stride + column] = sum;
        }
      }
    }
  }

  /** Stores the sums of a tile and one panel; the parameters are those of {@link #beginSums}. */
  public static void storeSums(
      float[] c,
      int cOffset,
      int stride,
      int rows,
      int columns,
      MemorySegment y,
      long yOffset,
      long yRowBytes) {
    for (int row = 0; row < rows; row++) {
      int from = cOffset + row * stride;
      long to = yOffset + row * yRowBytes;
      if (columns == PANEL) {
        FloatVector.fromArray(F, c, from).intoMemorySegment(y, to, LITTLE_ENDIAN);
        FloatVector.fromArray(F, c, from + LENGTH)
            .intoMemorySegment(y, to + 4 * LENGTH, LITTLE_ENDIAN);
      } else {
        MemorySegment.copy(c, from, y, JAVA_FLOAT_UNALIGNED, to, columns);
      }
    }
  }
}
