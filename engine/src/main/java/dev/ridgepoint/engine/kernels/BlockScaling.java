package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static dev.ridgepoint.engine.kernels.Blocking.STRIDE;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;

import jdk.incubator.vector.FloatVector;

/** Scales what {@link TilesUnscaled} sums up, one panel at a time. */
public final class BlockScaling {
  private BlockScaling() {}

  /**
   * {@code c += sums * scales}.
   *
   * @param panels that the sums are of, {@code [blocks][rows][panels][PANEL]}
   * @param sums the panel's first, in {@code c}
   * @param scales {@code [blocks][PANEL]}, in {@code c}
   */
  public static void add(
      int blocks, int rows, int panels, float[] c, int sums, int scales, int cOffset) {
    for (int row = 0; row < rows; row++) {
      int to = cOffset + row * STRIDE;
      FloatVector a = FloatVector.fromArray(F, c, to);
      FloatVector b = FloatVector.fromArray(F, c, to + LENGTH);
      for (int block = 0; block < blocks; block++) {
        int sum = sums + (block * rows + row) * panels * PANEL;
        int scale = scales + block * PANEL;
        FloatVector scaleA = FloatVector.fromArray(F, c, scale);
        FloatVector scaleB = FloatVector.fromArray(F, c, scale + LENGTH);
        a = FloatVector.fromArray(F, c, sum).fma(scaleA, a);
        b = FloatVector.fromArray(F, c, sum + LENGTH).fma(scaleB, b);
      }
      a.intoArray(c, to);
      b.intoArray(c, to + LENGTH);
    }
  }

  /**
   * {@code c -= x * minima}.
   *
   * @param x of each block and row the sum of its steps, {@code [blocks][rows]}
   * @param minima {@code [blocks][PANEL]}, in {@code c}
   */
  public static void subtractMinima(
      int blocks, int rows, float[] x, int xOffset, float[] c, int minima, int cOffset) {
    for (int row = 0; row < rows; row++) {
      int to = cOffset + row * STRIDE;
      FloatVector a = FloatVector.fromArray(F, c, to);
      FloatVector b = FloatVector.fromArray(F, c, to + LENGTH);
      for (int block = 0; block < blocks; block++) {
        int minimum = minima + block * PANEL;
        FloatVector sum = FloatVector.broadcast(F, -x[xOffset + block * rows + row]);
        a = sum.fma(FloatVector.fromArray(F, c, minimum), a);
        b = sum.fma(FloatVector.fromArray(F, c, minimum + LENGTH), b);
      }
      a.intoArray(c, to);
      b.intoArray(c, to + LENGTH);
    }
  }
}
