package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.PanelLayout.BF16_UPPER;
import static dev.ridgepoint.engine.kernels.Tiles.STRIDE;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static dev.ridgepoint.engine.kernels.VectorRegisters.PANEL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products of {@link Tiles} with panels in the layout of {@link PanelsBf16}.
 *
 * <p>Long and flat on purpose: C2 keeps a sum in a register only if it is a local variable of its
 * own. Most loops count in {@code long}: those that count in {@code int} it unrolls, and then it
 * spills. Those of four and five rows with one panel are long enough to be unrolled only once, and
 * lose their checks of bounds, which take longer than their products where vectors are short.
 */
public final class TilesBf16 {
  private static final long STEP_BYTES = 2L * PANEL;

  private TilesBf16() {}

  /** See {@link PanelFormat#multiplyAdd}. */
  public static void multiplyAdd(
      int rows,
      int panels,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    switch (rows * 8 + panels) {
      case 1 * 8 + 4 -> rows1panels4(x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 1 * 8 + 3 -> rows1panels3(x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 1 * 8 + 2 -> rows1panels2(x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 1 * 8 + 1 -> rows1panels1(x, xOffset, w, wOffset, depth, c, cOffset);
      case 2 * 8 + 4 -> rows2panels4(x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 2 * 8 + 3 -> rows2panels3(x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 2 * 8 + 2 -> rows2panels2(x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 2 * 8 + 1 -> rows2panels1(x, xOffset, w, wOffset, depth, c, cOffset);
      case 4 * 8 + 2 -> rows4panels2(x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 4 * 8 + 1 -> rows4panels1(x, xOffset, w, wOffset, depth, c, cOffset);
      case 5 * 8 + 1 -> rows5panels1(x, xOffset, w, wOffset, depth, c, cOffset);
      case 8 * 8 + 1 -> rows8panels1(x, xOffset, w, wOffset, depth, c, cOffset);
      case 12 * 8 + 1 -> rows12panels1(x, xOffset, w, wOffset, depth, c, cOffset);
      default ->
          throw new IllegalArgumentException(
              "no kernel of %d rows by %d panels".formatted(rows, panels));
    }
  }

  private static void rows1panels4(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    long w1Offset = wOffset + panelBytes;
    long w2Offset = wOffset + 2 * panelBytes;
    long w3Offset = wOffset + 3 * panelBytes;
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c01a = FloatVector.fromArray(F, c, cOffset + 2 * LENGTH);
    FloatVector c01b = FloatVector.fromArray(F, c, cOffset + 3 * LENGTH);
    FloatVector c02a = FloatVector.fromArray(F, c, cOffset + 4 * LENGTH);
    FloatVector c02b = FloatVector.fromArray(F, c, cOffset + 5 * LENGTH);
    FloatVector c03a = FloatVector.fromArray(F, c, cOffset + 6 * LENGTH);
    FloatVector c03b = FloatVector.fromArray(F, c, cOffset + 7 * LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a = w1.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w1b = w1.and(BF16_UPPER).reinterpretAsFloats();
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      IntVector w2 = IntVector.fromMemorySegment(I, w, w2Offset + step, LITTLE_ENDIAN);
      FloatVector w2a = w2.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w2b = w2.and(BF16_UPPER).reinterpretAsFloats();
      c02a = x0.fma(w2a, c02a);
      c02b = x0.fma(w2b, c02b);
      IntVector w3 = IntVector.fromMemorySegment(I, w, w3Offset + step, LITTLE_ENDIAN);
      FloatVector w3a = w3.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w3b = w3.and(BF16_UPPER).reinterpretAsFloats();
      c03a = x0.fma(w3a, c03a);
      c03b = x0.fma(w3b, c03b);
      xi++;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c01a.intoArray(c, cOffset + 2 * LENGTH);
    c01b.intoArray(c, cOffset + 3 * LENGTH);
    c02a.intoArray(c, cOffset + 4 * LENGTH);
    c02b.intoArray(c, cOffset + 5 * LENGTH);
    c03a.intoArray(c, cOffset + 6 * LENGTH);
    c03b.intoArray(c, cOffset + 7 * LENGTH);
  }

  private static void rows1panels3(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    long w1Offset = wOffset + panelBytes;
    long w2Offset = wOffset + 2 * panelBytes;
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c01a = FloatVector.fromArray(F, c, cOffset + 2 * LENGTH);
    FloatVector c01b = FloatVector.fromArray(F, c, cOffset + 3 * LENGTH);
    FloatVector c02a = FloatVector.fromArray(F, c, cOffset + 4 * LENGTH);
    FloatVector c02b = FloatVector.fromArray(F, c, cOffset + 5 * LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a = w1.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w1b = w1.and(BF16_UPPER).reinterpretAsFloats();
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      IntVector w2 = IntVector.fromMemorySegment(I, w, w2Offset + step, LITTLE_ENDIAN);
      FloatVector w2a = w2.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w2b = w2.and(BF16_UPPER).reinterpretAsFloats();
      c02a = x0.fma(w2a, c02a);
      c02b = x0.fma(w2b, c02b);
      xi++;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c01a.intoArray(c, cOffset + 2 * LENGTH);
    c01b.intoArray(c, cOffset + 3 * LENGTH);
    c02a.intoArray(c, cOffset + 4 * LENGTH);
    c02b.intoArray(c, cOffset + 5 * LENGTH);
  }

  private static void rows1panels2(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    long w1Offset = wOffset + panelBytes;
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c01a = FloatVector.fromArray(F, c, cOffset + 2 * LENGTH);
    FloatVector c01b = FloatVector.fromArray(F, c, cOffset + 3 * LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a = w1.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w1b = w1.and(BF16_UPPER).reinterpretAsFloats();
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      xi++;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c01a.intoArray(c, cOffset + 2 * LENGTH);
    c01b.intoArray(c, cOffset + 3 * LENGTH);
  }

  private static void rows1panels1(
      float[] x, int xOffset, MemorySegment w, long wOffset, int depth, float[] c, int cOffset) {
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      xi++;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
  }

  private static void rows2panels4(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    long w1Offset = wOffset + panelBytes;
    long w2Offset = wOffset + 2 * panelBytes;
    long w3Offset = wOffset + 3 * panelBytes;
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c01a = FloatVector.fromArray(F, c, cOffset + 2 * LENGTH);
    FloatVector c01b = FloatVector.fromArray(F, c, cOffset + 3 * LENGTH);
    FloatVector c02a = FloatVector.fromArray(F, c, cOffset + 4 * LENGTH);
    FloatVector c02b = FloatVector.fromArray(F, c, cOffset + 5 * LENGTH);
    FloatVector c03a = FloatVector.fromArray(F, c, cOffset + 6 * LENGTH);
    FloatVector c03b = FloatVector.fromArray(F, c, cOffset + 7 * LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    FloatVector c11a = FloatVector.fromArray(F, c, cOffset + STRIDE + 2 * LENGTH);
    FloatVector c11b = FloatVector.fromArray(F, c, cOffset + STRIDE + 3 * LENGTH);
    FloatVector c12a = FloatVector.fromArray(F, c, cOffset + STRIDE + 4 * LENGTH);
    FloatVector c12b = FloatVector.fromArray(F, c, cOffset + STRIDE + 5 * LENGTH);
    FloatVector c13a = FloatVector.fromArray(F, c, cOffset + STRIDE + 6 * LENGTH);
    FloatVector c13b = FloatVector.fromArray(F, c, cOffset + STRIDE + 7 * LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a = w1.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w1b = w1.and(BF16_UPPER).reinterpretAsFloats();
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      c11a = x1.fma(w1a, c11a);
      c11b = x1.fma(w1b, c11b);
      IntVector w2 = IntVector.fromMemorySegment(I, w, w2Offset + step, LITTLE_ENDIAN);
      FloatVector w2a = w2.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w2b = w2.and(BF16_UPPER).reinterpretAsFloats();
      c02a = x0.fma(w2a, c02a);
      c02b = x0.fma(w2b, c02b);
      c12a = x1.fma(w2a, c12a);
      c12b = x1.fma(w2b, c12b);
      IntVector w3 = IntVector.fromMemorySegment(I, w, w3Offset + step, LITTLE_ENDIAN);
      FloatVector w3a = w3.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w3b = w3.and(BF16_UPPER).reinterpretAsFloats();
      c03a = x0.fma(w3a, c03a);
      c03b = x0.fma(w3b, c03b);
      c13a = x1.fma(w3a, c13a);
      c13b = x1.fma(w3b, c13b);
      xi += 2;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c01a.intoArray(c, cOffset + 2 * LENGTH);
    c01b.intoArray(c, cOffset + 3 * LENGTH);
    c02a.intoArray(c, cOffset + 4 * LENGTH);
    c02b.intoArray(c, cOffset + 5 * LENGTH);
    c03a.intoArray(c, cOffset + 6 * LENGTH);
    c03b.intoArray(c, cOffset + 7 * LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
    c11a.intoArray(c, cOffset + STRIDE + 2 * LENGTH);
    c11b.intoArray(c, cOffset + STRIDE + 3 * LENGTH);
    c12a.intoArray(c, cOffset + STRIDE + 4 * LENGTH);
    c12b.intoArray(c, cOffset + STRIDE + 5 * LENGTH);
    c13a.intoArray(c, cOffset + STRIDE + 6 * LENGTH);
    c13b.intoArray(c, cOffset + STRIDE + 7 * LENGTH);
  }

  private static void rows2panels3(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    long w1Offset = wOffset + panelBytes;
    long w2Offset = wOffset + 2 * panelBytes;
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c01a = FloatVector.fromArray(F, c, cOffset + 2 * LENGTH);
    FloatVector c01b = FloatVector.fromArray(F, c, cOffset + 3 * LENGTH);
    FloatVector c02a = FloatVector.fromArray(F, c, cOffset + 4 * LENGTH);
    FloatVector c02b = FloatVector.fromArray(F, c, cOffset + 5 * LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    FloatVector c11a = FloatVector.fromArray(F, c, cOffset + STRIDE + 2 * LENGTH);
    FloatVector c11b = FloatVector.fromArray(F, c, cOffset + STRIDE + 3 * LENGTH);
    FloatVector c12a = FloatVector.fromArray(F, c, cOffset + STRIDE + 4 * LENGTH);
    FloatVector c12b = FloatVector.fromArray(F, c, cOffset + STRIDE + 5 * LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a = w1.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w1b = w1.and(BF16_UPPER).reinterpretAsFloats();
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      c11a = x1.fma(w1a, c11a);
      c11b = x1.fma(w1b, c11b);
      IntVector w2 = IntVector.fromMemorySegment(I, w, w2Offset + step, LITTLE_ENDIAN);
      FloatVector w2a = w2.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w2b = w2.and(BF16_UPPER).reinterpretAsFloats();
      c02a = x0.fma(w2a, c02a);
      c02b = x0.fma(w2b, c02b);
      c12a = x1.fma(w2a, c12a);
      c12b = x1.fma(w2b, c12b);
      xi += 2;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c01a.intoArray(c, cOffset + 2 * LENGTH);
    c01b.intoArray(c, cOffset + 3 * LENGTH);
    c02a.intoArray(c, cOffset + 4 * LENGTH);
    c02b.intoArray(c, cOffset + 5 * LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
    c11a.intoArray(c, cOffset + STRIDE + 2 * LENGTH);
    c11b.intoArray(c, cOffset + STRIDE + 3 * LENGTH);
    c12a.intoArray(c, cOffset + STRIDE + 4 * LENGTH);
    c12b.intoArray(c, cOffset + STRIDE + 5 * LENGTH);
  }

  private static void rows2panels2(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    long w1Offset = wOffset + panelBytes;
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c01a = FloatVector.fromArray(F, c, cOffset + 2 * LENGTH);
    FloatVector c01b = FloatVector.fromArray(F, c, cOffset + 3 * LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    FloatVector c11a = FloatVector.fromArray(F, c, cOffset + STRIDE + 2 * LENGTH);
    FloatVector c11b = FloatVector.fromArray(F, c, cOffset + STRIDE + 3 * LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a = w1.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w1b = w1.and(BF16_UPPER).reinterpretAsFloats();
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      c11a = x1.fma(w1a, c11a);
      c11b = x1.fma(w1b, c11b);
      xi += 2;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c01a.intoArray(c, cOffset + 2 * LENGTH);
    c01b.intoArray(c, cOffset + 3 * LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
    c11a.intoArray(c, cOffset + STRIDE + 2 * LENGTH);
    c11b.intoArray(c, cOffset + STRIDE + 3 * LENGTH);
  }

  private static void rows2panels1(
      float[] x, int xOffset, MemorySegment w, long wOffset, int depth, float[] c, int cOffset) {
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      xi += 2;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
  }

  private static void rows4panels2(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    long w1Offset = wOffset + panelBytes;
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c01a = FloatVector.fromArray(F, c, cOffset + 2 * LENGTH);
    FloatVector c01b = FloatVector.fromArray(F, c, cOffset + 3 * LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    FloatVector c11a = FloatVector.fromArray(F, c, cOffset + STRIDE + 2 * LENGTH);
    FloatVector c11b = FloatVector.fromArray(F, c, cOffset + STRIDE + 3 * LENGTH);
    FloatVector c20a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE);
    FloatVector c20b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH);
    FloatVector c21a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + 2 * LENGTH);
    FloatVector c21b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + 3 * LENGTH);
    FloatVector c30a = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE);
    FloatVector c30b = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH);
    FloatVector c31a = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + 2 * LENGTH);
    FloatVector c31b = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + 3 * LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      c20a = x2.fma(w0a, c20a);
      c20b = x2.fma(w0b, c20b);
      c30a = x3.fma(w0a, c30a);
      c30b = x3.fma(w0b, c30b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a = w1.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w1b = w1.and(BF16_UPPER).reinterpretAsFloats();
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      c11a = x1.fma(w1a, c11a);
      c11b = x1.fma(w1b, c11b);
      c21a = x2.fma(w1a, c21a);
      c21b = x2.fma(w1b, c21b);
      c31a = x3.fma(w1a, c31a);
      c31b = x3.fma(w1b, c31b);
      xi += 4;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c01a.intoArray(c, cOffset + 2 * LENGTH);
    c01b.intoArray(c, cOffset + 3 * LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
    c11a.intoArray(c, cOffset + STRIDE + 2 * LENGTH);
    c11b.intoArray(c, cOffset + STRIDE + 3 * LENGTH);
    c20a.intoArray(c, cOffset + 2 * STRIDE);
    c20b.intoArray(c, cOffset + 2 * STRIDE + LENGTH);
    c21a.intoArray(c, cOffset + 2 * STRIDE + 2 * LENGTH);
    c21b.intoArray(c, cOffset + 2 * STRIDE + 3 * LENGTH);
    c30a.intoArray(c, cOffset + 3 * STRIDE);
    c30b.intoArray(c, cOffset + 3 * STRIDE + LENGTH);
    c31a.intoArray(c, cOffset + 3 * STRIDE + 2 * LENGTH);
    c31b.intoArray(c, cOffset + 3 * STRIDE + 3 * LENGTH);
  }

  private static void rows4panels1(
      float[] x, int xOffset, MemorySegment w, long wOffset, int depth, float[] c, int cOffset) {
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    FloatVector c20a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE);
    FloatVector c20b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH);
    FloatVector c30a = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE);
    FloatVector c30b = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH);
    for (int step = 0; step < depth; step++) {
      int xi = xOffset + 4 * step;
      long wi = wOffset + step * STEP_BYTES;
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wi, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      c20a = x2.fma(w0a, c20a);
      c20b = x2.fma(w0b, c20b);
      c30a = x3.fma(w0a, c30a);
      c30b = x3.fma(w0b, c30b);
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
    c20a.intoArray(c, cOffset + 2 * STRIDE);
    c20b.intoArray(c, cOffset + 2 * STRIDE + LENGTH);
    c30a.intoArray(c, cOffset + 3 * STRIDE);
    c30b.intoArray(c, cOffset + 3 * STRIDE + LENGTH);
  }

  private static void rows8panels1(
      float[] x, int xOffset, MemorySegment w, long wOffset, int depth, float[] c, int cOffset) {
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    FloatVector c20a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE);
    FloatVector c20b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH);
    FloatVector c30a = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE);
    FloatVector c30b = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH);
    FloatVector c40a = FloatVector.fromArray(F, c, cOffset + 4 * STRIDE);
    FloatVector c40b = FloatVector.fromArray(F, c, cOffset + 4 * STRIDE + LENGTH);
    FloatVector c50a = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE);
    FloatVector c50b = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE + LENGTH);
    FloatVector c60a = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE);
    FloatVector c60b = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE + LENGTH);
    FloatVector c70a = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE);
    FloatVector c70b = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE + LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
      FloatVector x4 = FloatVector.broadcast(F, x[xi + 4]);
      FloatVector x5 = FloatVector.broadcast(F, x[xi + 5]);
      FloatVector x6 = FloatVector.broadcast(F, x[xi + 6]);
      FloatVector x7 = FloatVector.broadcast(F, x[xi + 7]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      c20a = x2.fma(w0a, c20a);
      c20b = x2.fma(w0b, c20b);
      c30a = x3.fma(w0a, c30a);
      c30b = x3.fma(w0b, c30b);
      c40a = x4.fma(w0a, c40a);
      c40b = x4.fma(w0b, c40b);
      c50a = x5.fma(w0a, c50a);
      c50b = x5.fma(w0b, c50b);
      c60a = x6.fma(w0a, c60a);
      c60b = x6.fma(w0b, c60b);
      c70a = x7.fma(w0a, c70a);
      c70b = x7.fma(w0b, c70b);
      xi += 8;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
    c20a.intoArray(c, cOffset + 2 * STRIDE);
    c20b.intoArray(c, cOffset + 2 * STRIDE + LENGTH);
    c30a.intoArray(c, cOffset + 3 * STRIDE);
    c30b.intoArray(c, cOffset + 3 * STRIDE + LENGTH);
    c40a.intoArray(c, cOffset + 4 * STRIDE);
    c40b.intoArray(c, cOffset + 4 * STRIDE + LENGTH);
    c50a.intoArray(c, cOffset + 5 * STRIDE);
    c50b.intoArray(c, cOffset + 5 * STRIDE + LENGTH);
    c60a.intoArray(c, cOffset + 6 * STRIDE);
    c60b.intoArray(c, cOffset + 6 * STRIDE + LENGTH);
    c70a.intoArray(c, cOffset + 7 * STRIDE);
    c70b.intoArray(c, cOffset + 7 * STRIDE + LENGTH);
  }

  private static void rows5panels1(
      float[] x, int xOffset, MemorySegment w, long wOffset, int depth, float[] c, int cOffset) {
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    FloatVector c20a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE);
    FloatVector c20b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH);
    FloatVector c30a = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE);
    FloatVector c30b = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH);
    FloatVector c40a = FloatVector.fromArray(F, c, cOffset + 4 * STRIDE);
    FloatVector c40b = FloatVector.fromArray(F, c, cOffset + 4 * STRIDE + LENGTH);
    for (int step = 0; step < depth; step++) {
      int xi = xOffset + 5 * step;
      long wi = wOffset + step * STEP_BYTES;
      IntVector w0 = IntVector.fromMemorySegment(I, w, wi, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      c20a = x2.fma(w0a, c20a);
      c20b = x2.fma(w0b, c20b);
      FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
      c30a = x3.fma(w0a, c30a);
      c30b = x3.fma(w0b, c30b);
      FloatVector x4 = FloatVector.broadcast(F, x[xi + 4]);
      c40a = x4.fma(w0a, c40a);
      c40b = x4.fma(w0b, c40b);
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
    c20a.intoArray(c, cOffset + 2 * STRIDE);
    c20b.intoArray(c, cOffset + 2 * STRIDE + LENGTH);
    c30a.intoArray(c, cOffset + 3 * STRIDE);
    c30b.intoArray(c, cOffset + 3 * STRIDE + LENGTH);
    c40a.intoArray(c, cOffset + 4 * STRIDE);
    c40b.intoArray(c, cOffset + 4 * STRIDE + LENGTH);
  }

  private static void rows12panels1(
      float[] x, int xOffset, MemorySegment w, long wOffset, int depth, float[] c, int cOffset) {
    FloatVector c00a = FloatVector.fromArray(F, c, cOffset);
    FloatVector c00b = FloatVector.fromArray(F, c, cOffset + LENGTH);
    FloatVector c10a = FloatVector.fromArray(F, c, cOffset + STRIDE);
    FloatVector c10b = FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH);
    FloatVector c20a = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE);
    FloatVector c20b = FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH);
    FloatVector c30a = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE);
    FloatVector c30b = FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH);
    FloatVector c40a = FloatVector.fromArray(F, c, cOffset + 4 * STRIDE);
    FloatVector c40b = FloatVector.fromArray(F, c, cOffset + 4 * STRIDE + LENGTH);
    FloatVector c50a = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE);
    FloatVector c50b = FloatVector.fromArray(F, c, cOffset + 5 * STRIDE + LENGTH);
    FloatVector c60a = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE);
    FloatVector c60b = FloatVector.fromArray(F, c, cOffset + 6 * STRIDE + LENGTH);
    FloatVector c70a = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE);
    FloatVector c70b = FloatVector.fromArray(F, c, cOffset + 7 * STRIDE + LENGTH);
    FloatVector c80a = FloatVector.fromArray(F, c, cOffset + 8 * STRIDE);
    FloatVector c80b = FloatVector.fromArray(F, c, cOffset + 8 * STRIDE + LENGTH);
    FloatVector c90a = FloatVector.fromArray(F, c, cOffset + 9 * STRIDE);
    FloatVector c90b = FloatVector.fromArray(F, c, cOffset + 9 * STRIDE + LENGTH);
    FloatVector c100a = FloatVector.fromArray(F, c, cOffset + 10 * STRIDE);
    FloatVector c100b = FloatVector.fromArray(F, c, cOffset + 10 * STRIDE + LENGTH);
    FloatVector c110a = FloatVector.fromArray(F, c, cOffset + 11 * STRIDE);
    FloatVector c110b = FloatVector.fromArray(F, c, cOffset + 11 * STRIDE + LENGTH);
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a = w0.lanewise(LSHL, 16).reinterpretAsFloats();
      FloatVector w0b = w0.and(BF16_UPPER).reinterpretAsFloats();
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      c20a = x2.fma(w0a, c20a);
      c20b = x2.fma(w0b, c20b);
      FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
      c30a = x3.fma(w0a, c30a);
      c30b = x3.fma(w0b, c30b);
      FloatVector x4 = FloatVector.broadcast(F, x[xi + 4]);
      c40a = x4.fma(w0a, c40a);
      c40b = x4.fma(w0b, c40b);
      FloatVector x5 = FloatVector.broadcast(F, x[xi + 5]);
      c50a = x5.fma(w0a, c50a);
      c50b = x5.fma(w0b, c50b);
      FloatVector x6 = FloatVector.broadcast(F, x[xi + 6]);
      c60a = x6.fma(w0a, c60a);
      c60b = x6.fma(w0b, c60b);
      FloatVector x7 = FloatVector.broadcast(F, x[xi + 7]);
      c70a = x7.fma(w0a, c70a);
      c70b = x7.fma(w0b, c70b);
      FloatVector x8 = FloatVector.broadcast(F, x[xi + 8]);
      c80a = x8.fma(w0a, c80a);
      c80b = x8.fma(w0b, c80b);
      FloatVector x9 = FloatVector.broadcast(F, x[xi + 9]);
      c90a = x9.fma(w0a, c90a);
      c90b = x9.fma(w0b, c90b);
      FloatVector x10 = FloatVector.broadcast(F, x[xi + 10]);
      c100a = x10.fma(w0a, c100a);
      c100b = x10.fma(w0b, c100b);
      FloatVector x11 = FloatVector.broadcast(F, x[xi + 11]);
      c110a = x11.fma(w0a, c110a);
      c110b = x11.fma(w0b, c110b);
      xi += 12;
    }
    c00a.intoArray(c, cOffset);
    c00b.intoArray(c, cOffset + LENGTH);
    c10a.intoArray(c, cOffset + STRIDE);
    c10b.intoArray(c, cOffset + STRIDE + LENGTH);
    c20a.intoArray(c, cOffset + 2 * STRIDE);
    c20b.intoArray(c, cOffset + 2 * STRIDE + LENGTH);
    c30a.intoArray(c, cOffset + 3 * STRIDE);
    c30b.intoArray(c, cOffset + 3 * STRIDE + LENGTH);
    c40a.intoArray(c, cOffset + 4 * STRIDE);
    c40b.intoArray(c, cOffset + 4 * STRIDE + LENGTH);
    c50a.intoArray(c, cOffset + 5 * STRIDE);
    c50b.intoArray(c, cOffset + 5 * STRIDE + LENGTH);
    c60a.intoArray(c, cOffset + 6 * STRIDE);
    c60b.intoArray(c, cOffset + 6 * STRIDE + LENGTH);
    c70a.intoArray(c, cOffset + 7 * STRIDE);
    c70b.intoArray(c, cOffset + 7 * STRIDE + LENGTH);
    c80a.intoArray(c, cOffset + 8 * STRIDE);
    c80b.intoArray(c, cOffset + 8 * STRIDE + LENGTH);
    c90a.intoArray(c, cOffset + 9 * STRIDE);
    c90b.intoArray(c, cOffset + 9 * STRIDE + LENGTH);
    c100a.intoArray(c, cOffset + 10 * STRIDE);
    c100b.intoArray(c, cOffset + 10 * STRIDE + LENGTH);
    c110a.intoArray(c, cOffset + 11 * STRIDE);
    c110b.intoArray(c, cOffset + 11 * STRIDE + LENGTH);
  }
}
