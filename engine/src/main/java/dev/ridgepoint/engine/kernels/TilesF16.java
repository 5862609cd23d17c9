package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.PanelLayout.F16_BIAS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_SHIFTED;
import static dev.ridgepoint.engine.kernels.Tiles.STRIDE;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static dev.ridgepoint.engine.kernels.VectorRegisters.PANEL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products of {@link Tiles} with panels in the layout of {@link PanelsF16}.
 *
 * <p>Long and flat on purpose: C2 keeps a sum in a register only if it is a local variable of its
 * own. The loops count in {@code long}: those that count in {@code int} it unrolls, and then it
 * spills.
 */
public final class TilesF16 {
  private static final long STEP_BYTES = 2L * PANEL;

  private TilesF16() {}

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
      case 8 * 8 + 1 -> rows8panels1(x, xOffset, w, wOffset, depth, c, cOffset);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w1b = w1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      IntVector w2 = IntVector.fromMemorySegment(I, w, w2Offset + step, LITTLE_ENDIAN);
      FloatVector w2a =
          w2.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w2b = w2.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c02a = x0.fma(w2a, c02a);
      c02b = x0.fma(w2b, c02b);
      IntVector w3 = IntVector.fromMemorySegment(I, w, w3Offset + step, LITTLE_ENDIAN);
      FloatVector w3a =
          w3.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w3b = w3.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w1b = w1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      IntVector w2 = IntVector.fromMemorySegment(I, w, w2Offset + step, LITTLE_ENDIAN);
      FloatVector w2a =
          w2.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w2b = w2.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w1b = w1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w1b = w1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      c11a = x1.fma(w1a, c11a);
      c11b = x1.fma(w1b, c11b);
      IntVector w2 = IntVector.fromMemorySegment(I, w, w2Offset + step, LITTLE_ENDIAN);
      FloatVector w2a =
          w2.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w2b = w2.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c02a = x0.fma(w2a, c02a);
      c02b = x0.fma(w2b, c02b);
      c12a = x1.fma(w2a, c12a);
      c12b = x1.fma(w2b, c12b);
      IntVector w3 = IntVector.fromMemorySegment(I, w, w3Offset + step, LITTLE_ENDIAN);
      FloatVector w3a =
          w3.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w3b = w3.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w1b = w1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c01a = x0.fma(w1a, c01a);
      c01b = x0.fma(w1b, c01b);
      c11a = x1.fma(w1a, c11a);
      c11b = x1.fma(w1b, c11b);
      IntVector w2 = IntVector.fromMemorySegment(I, w, w2Offset + step, LITTLE_ENDIAN);
      FloatVector w2a =
          w2.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w2b = w2.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w1b = w1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      c20a = x2.fma(w0a, c20a);
      c20b = x2.fma(w0b, c20b);
      c30a = x3.fma(w0a, c30a);
      c30b = x3.fma(w0b, c30b);
      IntVector w1 = IntVector.fromMemorySegment(I, w, w1Offset + step, LITTLE_ENDIAN);
      FloatVector w1a =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w1b = w1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
    int xi = xOffset;
    for (long step = 0, end = depth * STEP_BYTES; step < end; step += STEP_BYTES) {
      FloatVector x0 = FloatVector.broadcast(F, x[xi]);
      FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
      FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
      FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
      IntVector w0 = IntVector.fromMemorySegment(I, w, wOffset + step, LITTLE_ENDIAN);
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      c00a = x0.fma(w0a, c00a);
      c00b = x0.fma(w0b, c00b);
      c10a = x1.fma(w0a, c10a);
      c10b = x1.fma(w0b, c10b);
      c20a = x2.fma(w0a, c20a);
      c20b = x2.fma(w0b, c20b);
      c30a = x3.fma(w0a, c30a);
      c30b = x3.fma(w0b, c30b);
      xi += 4;
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
      FloatVector w0a =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector w0b = w0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
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
}
