package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Lanes.F;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static dev.ridgepoint.engine.kernels.Tiles.STRIDE;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles for 16 vector registers, of which C2 can use 13 or 14 without spilling: five rows
 * by two vectors.
 *
 * <p>Long and flat on purpose: C2 keeps an accumulator in a register only if it is a local variable
 * of its own, and keeps the loop free of bounds checks only if every index is an induction variable
 * plus a constant. Unrolling over the depth makes it spill.
 */
final class ShortTiles {
  private ShortTiles() {}

  /** See {@link Tiles#multiplyAdd}. */
  static void multiplyAdd(
      int rows, float[] x, int xOffset, float[] w, int wOffset, int depth, float[] c, int cOffset) {
    switch (rows) {
      case 5 -> tile5x2(x, xOffset, w, wOffset, depth, c, cOffset);
      case 4 -> tile4x2(x, xOffset, w, wOffset, depth, c, cOffset);
      case 3 -> tile3x2(x, xOffset, w, wOffset, depth, c, cOffset);
      case 1 -> tile1x2(x, xOffset, w, wOffset, depth, c, cOffset);
      default -> throw new IllegalArgumentException("no tile of " + rows + " rows");
    }
  }

  /** 5 rows by two vectors: 10 accumulators, 13 live registers. */
  private static void tile5x2(
      float[] x, int xOffset, float[] w, int wOffset, int depth, float[] c, int cOffset) {
    int xi = xOffset;
    int wi = wOffset;
    FloatVector c0a = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE);
    FloatVector c0b = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE + LENGTH);
    FloatVector c1a = FloatVector.fromArray(F, c, cOffset + 1 * STRIDE);
    FloatVector c1b = FloatVector.fromArray(F, c, cOffset + 1 * STRIDE + LENGTH);
    FloatVector c2a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE);
    FloatVector c2b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH);
    FloatVector c3a = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE);
    FloatVector c3b = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH);
    FloatVector c4a = FloatVector.fromArray(F, c, cOffset + 4 * STRIDE);
    FloatVector c4b = FloatVector.fromArray(F, c, cOffset + 4 * STRIDE + LENGTH);
    for (int end = xOffset + depth * 5; xi < end; xi += 5, wi += PANEL) {
      FloatVector wa = FloatVector.fromArray(F, w, wi);
      FloatVector wb = FloatVector.fromArray(F, w, wi + LENGTH);
      FloatVector x0 = FloatVector.broadcast(F, x[xi + 0]);
      c0a = x0.fma(wa, c0a);
      c0b = x0.fma(wb, c0b);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      c1a = x1.fma(wa, c1a);
      c1b = x1.fma(wb, c1b);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      c2a = x2.fma(wa, c2a);
      c2b = x2.fma(wb, c2b);
      FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
      c3a = x3.fma(wa, c3a);
      c3b = x3.fma(wb, c3b);
      FloatVector x4 = FloatVector.broadcast(F, x[xi + 4]);
      c4a = x4.fma(wa, c4a);
      c4b = x4.fma(wb, c4b);
    }
    c0a.intoArray(c, cOffset + 0 * STRIDE);
    c0b.intoArray(c, cOffset + 0 * STRIDE + LENGTH);
    c1a.intoArray(c, cOffset + 1 * STRIDE);
    c1b.intoArray(c, cOffset + 1 * STRIDE + LENGTH);
    c2a.intoArray(c, cOffset + 2 * STRIDE);
    c2b.intoArray(c, cOffset + 2 * STRIDE + LENGTH);
    c3a.intoArray(c, cOffset + 3 * STRIDE);
    c3b.intoArray(c, cOffset + 3 * STRIDE + LENGTH);
    c4a.intoArray(c, cOffset + 4 * STRIDE);
    c4b.intoArray(c, cOffset + 4 * STRIDE + LENGTH);
  }

  /** 4 rows by two vectors: 8 accumulators, 11 live registers. */
  private static void tile4x2(
      float[] x, int xOffset, float[] w, int wOffset, int depth, float[] c, int cOffset) {
    int xi = xOffset;
    int wi = wOffset;
    FloatVector c0a = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE);
    FloatVector c0b = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE + LENGTH);
    FloatVector c1a = FloatVector.fromArray(F, c, cOffset + 1 * STRIDE);
    FloatVector c1b = FloatVector.fromArray(F, c, cOffset + 1 * STRIDE + LENGTH);
    FloatVector c2a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE);
    FloatVector c2b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH);
    FloatVector c3a = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE);
    FloatVector c3b = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH);
    for (int end = xOffset + depth * 4; xi < end; xi += 4, wi += PANEL) {
      FloatVector wa = FloatVector.fromArray(F, w, wi);
      FloatVector wb = FloatVector.fromArray(F, w, wi + LENGTH);
      FloatVector x0 = FloatVector.broadcast(F, x[xi + 0]);
      c0a = x0.fma(wa, c0a);
      c0b = x0.fma(wb, c0b);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      c1a = x1.fma(wa, c1a);
      c1b = x1.fma(wb, c1b);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      c2a = x2.fma(wa, c2a);
      c2b = x2.fma(wb, c2b);
      FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
      c3a = x3.fma(wa, c3a);
      c3b = x3.fma(wb, c3b);
    }
    c0a.intoArray(c, cOffset + 0 * STRIDE);
    c0b.intoArray(c, cOffset + 0 * STRIDE + LENGTH);
    c1a.intoArray(c, cOffset + 1 * STRIDE);
    c1b.intoArray(c, cOffset + 1 * STRIDE + LENGTH);
    c2a.intoArray(c, cOffset + 2 * STRIDE);
    c2b.intoArray(c, cOffset + 2 * STRIDE + LENGTH);
    c3a.intoArray(c, cOffset + 3 * STRIDE);
    c3b.intoArray(c, cOffset + 3 * STRIDE + LENGTH);
  }

  /** 3 rows by two vectors: 6 accumulators, 9 live registers. */
  private static void tile3x2(
      float[] x, int xOffset, float[] w, int wOffset, int depth, float[] c, int cOffset) {
    int xi = xOffset;
    int wi = wOffset;
    FloatVector c0a = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE);
    FloatVector c0b = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE + LENGTH);
    FloatVector c1a = FloatVector.fromArray(F, c, cOffset + 1 * STRIDE);
    FloatVector c1b = FloatVector.fromArray(F, c, cOffset + 1 * STRIDE + LENGTH);
    FloatVector c2a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE);
    FloatVector c2b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH);
    for (int end = xOffset + depth * 3; xi < end; xi += 3, wi += PANEL) {
      FloatVector wa = FloatVector.fromArray(F, w, wi);
      FloatVector wb = FloatVector.fromArray(F, w, wi + LENGTH);
      FloatVector x0 = FloatVector.broadcast(F, x[xi + 0]);
      c0a = x0.fma(wa, c0a);
      c0b = x0.fma(wb, c0b);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      c1a = x1.fma(wa, c1a);
      c1b = x1.fma(wb, c1b);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      c2a = x2.fma(wa, c2a);
      c2b = x2.fma(wb, c2b);
    }
    c0a.intoArray(c, cOffset + 0 * STRIDE);
    c0b.intoArray(c, cOffset + 0 * STRIDE + LENGTH);
    c1a.intoArray(c, cOffset + 1 * STRIDE);
    c1b.intoArray(c, cOffset + 1 * STRIDE + LENGTH);
    c2a.intoArray(c, cOffset + 2 * STRIDE);
    c2b.intoArray(c, cOffset + 2 * STRIDE + LENGTH);
  }

  /** 1 rows by two vectors: 2 accumulators, 5 live registers. */
  private static void tile1x2(
      float[] x, int xOffset, float[] w, int wOffset, int depth, float[] c, int cOffset) {
    int xi = xOffset;
    int wi = wOffset;
    FloatVector c0a = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE);
    FloatVector c0b = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE + LENGTH);
    for (int end = xOffset + depth * 1; xi < end; xi += 1, wi += PANEL) {
      FloatVector wa = FloatVector.fromArray(F, w, wi);
      FloatVector wb = FloatVector.fromArray(F, w, wi + LENGTH);
      FloatVector x0 = FloatVector.broadcast(F, x[xi + 0]);
      c0a = x0.fma(wa, c0a);
      c0b = x0.fma(wb, c0b);
    }
    c0a.intoArray(c, cOffset + 0 * STRIDE);
    c0b.intoArray(c, cOffset + 0 * STRIDE + LENGTH);
  }
}
