package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Lanes.F;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static dev.ridgepoint.engine.kernels.Tiles.STRIDE;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles for 32 vector registers. Fourteen rows by two vectors use 31 of them: per step of
 * the depth two loads of w and fourteen broadcasts of x feed 28 multiply-adds.
 *
 * <p>Long and flat on purpose: C2 keeps an accumulator in a register only if it is a local variable
 * of its own, and keeps the loop free of bounds checks only if every index is an induction variable
 * plus a constant. Unrolling over the depth makes it spill.
 */
final class TallTiles {
  private TallTiles() {}

  /** See {@link Tiles#multiplyAdd}. */
  static void multiplyAdd(
      int rows, float[] x, int xOffset, float[] w, int wOffset, int depth, float[] c, int cOffset) {
    switch (rows) {
      case 14 -> tile14x2(x, xOffset, w, wOffset, depth, c, cOffset);
      case 12 -> tile12x2(x, xOffset, w, wOffset, depth, c, cOffset);
      case 8 -> tile8x2(x, xOffset, w, wOffset, depth, c, cOffset);
      case 4 -> tile4x2(x, xOffset, w, wOffset, depth, c, cOffset);
      case 2 -> tile2x2(x, xOffset, w, wOffset, depth, c, cOffset);
      default -> throw new IllegalArgumentException("no tile of " + rows + " rows");
    }
  }

  /** 14 rows by two vectors: 28 accumulators, 31 live registers. */
  private static void tile14x2(
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
    FloatVector c5a = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE);
    FloatVector c5b = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE + LENGTH);
    FloatVector c6a = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE);
    FloatVector c6b = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE + LENGTH);
    FloatVector c7a = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE);
    FloatVector c7b = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE + LENGTH);
    FloatVector c8a = FloatVector.fromArray(F, c, cOffset + 8 * STRIDE);
    FloatVector c8b = FloatVector.fromArray(F, c, cOffset + 8 * STRIDE + LENGTH);
    FloatVector c9a = FloatVector.fromArray(F, c, cOffset + 9 * STRIDE);
    FloatVector c9b = FloatVector.fromArray(F, c, cOffset + 9 * STRIDE + LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + 10 * STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + 10 * STRIDE + LENGTH);
    FloatVector c11a = FloatVector.fromArray(F, c, cOffset + 11 * STRIDE);
    FloatVector c11b = FloatVector.fromArray(F, c, cOffset + 11 * STRIDE + LENGTH);
    FloatVector c12a = FloatVector.fromArray(F, c, cOffset + 12 * STRIDE);
    FloatVector c12b = FloatVector.fromArray(F, c, cOffset + 12 * STRIDE + LENGTH);
    FloatVector c13a = FloatVector.fromArray(F, c, cOffset + 13 * STRIDE);
    FloatVector c13b = FloatVector.fromArray(F, c, cOffset + 13 * STRIDE + LENGTH);
    for (int end = xOffset + depth * 14; xi < end; xi += 14, wi += PANEL) {
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
      FloatVector x5 = FloatVector.broadcast(F, x[xi + 5]);
      c5a = x5.fma(wa, c5a);
      c5b = x5.fma(wb, c5b);
      FloatVector x6 = FloatVector.broadcast(F, x[xi + 6]);
      c6a = x6.fma(wa, c6a);
      c6b = x6.fma(wb, c6b);
      FloatVector x7 = FloatVector.broadcast(F, x[xi + 7]);
      c7a = x7.fma(wa, c7a);
      c7b = x7.fma(wb, c7b);
      FloatVector x8 = FloatVector.broadcast(F, x[xi + 8]);
      c8a = x8.fma(wa, c8a);
      c8b = x8.fma(wb, c8b);
      FloatVector x9 = FloatVector.broadcast(F, x[xi + 9]);
      c9a = x9.fma(wa, c9a);
      c9b = x9.fma(wb, c9b);
      FloatVector x10 = FloatVector.broadcast(F, x[xi + 10]);
      c10a = x10.fma(wa, c10a);
      c10b = x10.fma(wb, c10b);
      FloatVector x11 = FloatVector.broadcast(F, x[xi + 11]);
      c11a = x11.fma(wa, c11a);
      c11b = x11.fma(wb, c11b);
      FloatVector x12 = FloatVector.broadcast(F, x[xi + 12]);
      c12a = x12.fma(wa, c12a);
      c12b = x12.fma(wb, c12b);
      FloatVector x13 = FloatVector.broadcast(F, x[xi + 13]);
      c13a = x13.fma(wa, c13a);
      c13b = x13.fma(wb, c13b);
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
    c5a.intoArray(c, cOffset + 5 * STRIDE);
    c5b.intoArray(c, cOffset + 5 * STRIDE + LENGTH);
    c6a.intoArray(c, cOffset + 6 * STRIDE);
    c6b.intoArray(c, cOffset + 6 * STRIDE + LENGTH);
    c7a.intoArray(c, cOffset + 7 * STRIDE);
    c7b.intoArray(c, cOffset + 7 * STRIDE + LENGTH);
    c8a.intoArray(c, cOffset + 8 * STRIDE);
    c8b.intoArray(c, cOffset + 8 * STRIDE + LENGTH);
    c9a.intoArray(c, cOffset + 9 * STRIDE);
    c9b.intoArray(c, cOffset + 9 * STRIDE + LENGTH);
    c10a.intoArray(c, cOffset + 10 * STRIDE);
    c10b.intoArray(c, cOffset + 10 * STRIDE + LENGTH);
    c11a.intoArray(c, cOffset + 11 * STRIDE);
    c11b.intoArray(c, cOffset + 11 * STRIDE + LENGTH);
    c12a.intoArray(c, cOffset + 12 * STRIDE);
    c12b.intoArray(c, cOffset + 12 * STRIDE + LENGTH);
    c13a.intoArray(c, cOffset + 13 * STRIDE);
    c13b.intoArray(c, cOffset + 13 * STRIDE + LENGTH);
  }

  /** 12 rows by two vectors: 24 accumulators, 27 live registers. */
  private static void tile12x2(
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
    FloatVector c5a = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE);
    FloatVector c5b = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE + LENGTH);
    FloatVector c6a = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE);
    FloatVector c6b = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE + LENGTH);
    FloatVector c7a = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE);
    FloatVector c7b = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE + LENGTH);
    FloatVector c8a = FloatVector.fromArray(F, c, cOffset + 8 * STRIDE);
    FloatVector c8b = FloatVector.fromArray(F, c, cOffset + 8 * STRIDE + LENGTH);
    FloatVector c9a = FloatVector.fromArray(F, c, cOffset + 9 * STRIDE);
    FloatVector c9b = FloatVector.fromArray(F, c, cOffset + 9 * STRIDE + LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + 10 * STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + 10 * STRIDE + LENGTH);
    FloatVector c11a = FloatVector.fromArray(F, c, cOffset + 11 * STRIDE);
    FloatVector c11b = FloatVector.fromArray(F, c, cOffset + 11 * STRIDE + LENGTH);
    for (int end = xOffset + depth * 12; xi < end; xi += 12, wi += PANEL) {
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
      FloatVector x5 = FloatVector.broadcast(F, x[xi + 5]);
      c5a = x5.fma(wa, c5a);
      c5b = x5.fma(wb, c5b);
      FloatVector x6 = FloatVector.broadcast(F, x[xi + 6]);
      c6a = x6.fma(wa, c6a);
      c6b = x6.fma(wb, c6b);
      FloatVector x7 = FloatVector.broadcast(F, x[xi + 7]);
      c7a = x7.fma(wa, c7a);
      c7b = x7.fma(wb, c7b);
      FloatVector x8 = FloatVector.broadcast(F, x[xi + 8]);
      c8a = x8.fma(wa, c8a);
      c8b = x8.fma(wb, c8b);
      FloatVector x9 = FloatVector.broadcast(F, x[xi + 9]);
      c9a = x9.fma(wa, c9a);
      c9b = x9.fma(wb, c9b);
      FloatVector x10 = FloatVector.broadcast(F, x[xi + 10]);
      c10a = x10.fma(wa, c10a);
      c10b = x10.fma(wb, c10b);
      FloatVector x11 = FloatVector.broadcast(F, x[xi + 11]);
      c11a = x11.fma(wa, c11a);
      c11b = x11.fma(wb, c11b);
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
    c5a.intoArray(c, cOffset + 5 * STRIDE);
    c5b.intoArray(c, cOffset + 5 * STRIDE + LENGTH);
    c6a.intoArray(c, cOffset + 6 * STRIDE);
    c6b.intoArray(c, cOffset + 6 * STRIDE + LENGTH);
    c7a.intoArray(c, cOffset + 7 * STRIDE);
    c7b.intoArray(c, cOffset + 7 * STRIDE + LENGTH);
    c8a.intoArray(c, cOffset + 8 * STRIDE);
    c8b.intoArray(c, cOffset + 8 * STRIDE + LENGTH);
    c9a.intoArray(c, cOffset + 9 * STRIDE);
    c9b.intoArray(c, cOffset + 9 * STRIDE + LENGTH);
    c10a.intoArray(c, cOffset + 10 * STRIDE);
    c10b.intoArray(c, cOffset + 10 * STRIDE + LENGTH);
    c11a.intoArray(c, cOffset + 11 * STRIDE);
    c11b.intoArray(c, cOffset + 11 * STRIDE + LENGTH);
  }

  /** 8 rows by two vectors: 16 accumulators, 19 live registers. */
  private static void tile8x2(
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
    FloatVector c5a = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE);
    FloatVector c5b = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE + LENGTH);
    FloatVector c6a = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE);
    FloatVector c6b = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE + LENGTH);
    FloatVector c7a = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE);
    FloatVector c7b = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE + LENGTH);
    for (int end = xOffset + depth * 8; xi < end; xi += 8, wi += PANEL) {
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
      FloatVector x5 = FloatVector.broadcast(F, x[xi + 5]);
      c5a = x5.fma(wa, c5a);
      c5b = x5.fma(wb, c5b);
      FloatVector x6 = FloatVector.broadcast(F, x[xi + 6]);
      c6a = x6.fma(wa, c6a);
      c6b = x6.fma(wb, c6b);
      FloatVector x7 = FloatVector.broadcast(F, x[xi + 7]);
      c7a = x7.fma(wa, c7a);
      c7b = x7.fma(wb, c7b);
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
    c5a.intoArray(c, cOffset + 5 * STRIDE);
    c5b.intoArray(c, cOffset + 5 * STRIDE + LENGTH);
    c6a.intoArray(c, cOffset + 6 * STRIDE);
    c6b.intoArray(c, cOffset + 6 * STRIDE + LENGTH);
    c7a.intoArray(c, cOffset + 7 * STRIDE);
    c7b.intoArray(c, cOffset + 7 * STRIDE + LENGTH);
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

  private static void tile2x2(
      float[] x, int xOffset, float[] w, int wOffset, int depth, float[] c, int cOffset) {
    int xi = xOffset;
    int wi = wOffset;
    FloatVector c0a = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE);
    FloatVector c0b = FloatVector.fromArray(F, c, cOffset + 0 * STRIDE + LENGTH);
    FloatVector c1a = FloatVector.fromArray(F, c, cOffset + 1 * STRIDE);
    FloatVector c1b = FloatVector.fromArray(F, c, cOffset + 1 * STRIDE + LENGTH);
    for (int end = xOffset + depth * 2; xi < end; xi += 2, wi += PANEL) {
      FloatVector wa = FloatVector.fromArray(F, w, wi);
      FloatVector wb = FloatVector.fromArray(F, w, wi + LENGTH);
      FloatVector x0 = FloatVector.broadcast(F, x[xi + 0]);
      c0a = x0.fma(wa, c0a);
      c0b = x0.fma(wb, c0b);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      c1a = x1.fma(wa, c1a);
      c1b = x1.fma(wb, c1b);
    }
    c0a.intoArray(c, cOffset + 0 * STRIDE);
    c0b.intoArray(c, cOffset + 0 * STRIDE + LENGTH);
    c1a.intoArray(c, cOffset + 1 * STRIDE);
    c1b.intoArray(c, cOffset + 1 * STRIDE + LENGTH);
  }
}
