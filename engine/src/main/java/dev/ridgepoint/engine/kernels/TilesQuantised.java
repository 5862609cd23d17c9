package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.PanelLayout.BLOCK_STEPS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_BIAS;
import static dev.ridgepoint.engine.kernels.PanelLayout.F16_SHIFTED;
import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.SCALE_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.blockBytes;
import static dev.ridgepoint.engine.kernels.Tiles.STRIDE;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static dev.ridgepoint.engine.kernels.VectorRegisters.PANEL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ROL;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products of {@link Tiles} with {@link QuantisedPanels}, whose integers are as many bits wide as
 * {@code bits} says. A block is summed up step by step and scaled once, in every kernel.
 *
 * <p>A mask takes a step's integers out of their ints where they lie. There they are their value
 * times a power of two, and so {@link QuantisedPanels#prepare} has divided the step's x by that
 * power; it also has computed what makes good the offset of the integers, with which the sums of a
 * block begin.
 *
 * <p>One loop over the steps of a block, whose ints are loaded again where an int holds more steps
 * than a turn does: with a loop for each int, C2 moves all sums at the ends of that loop. The masks
 * of a turn are loaded, or, with one row, made one of the other, which costs C2 fewer registers.
 * Four rows by one panel keep the loop for each int: with 16 registers it is the faster one.
 */
public final class TilesQuantised {
  private static final int[] MASKS_4 = masksOf(4);
  private static final int[] MASKS_8 = masksOf(8);

  private TilesQuantised() {}

  /** For each step of a block, where its integer lies in an int. */
  private static int[] masksOf(int bits) {
    int[] masks = new int[BLOCK_STEPS];
    Arrays.setAll(masks, step -> ((1 << bits) - 1) << (bits * step));
    return masks;
  }

  private static int[] masks(int bits) {
    return bits == 8 ? MASKS_8 : MASKS_4;
  }

  /** See {@link PanelFormat#multiplyAdd}. */
  public static void multiplyAdd(
      int bits,
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
      case 1 * 8 + 4 -> rows1panels4(bits, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 1 * 8 + 3 -> {
        rows1panels2(bits, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
        rows1panels1(bits, x, xOffset, w, wOffset + 2 * panelBytes, depth, c, cOffset + 2 * PANEL);
      }
      case 1 * 8 + 2 -> rows1panels2(bits, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 1 * 8 + 1 -> rows1panels1(bits, x, xOffset, w, wOffset, depth, c, cOffset);
      case 2 * 8 + 2 -> rows2panels2(bits, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 2 * 8 + 1 -> rows2panels1(bits, x, xOffset, w, wOffset, depth, c, cOffset);
      case 4 * 8 + 2 -> rows4panels2(bits, x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
      case 4 * 8 + 1 -> rows4panels1(bits, x, xOffset, w, wOffset, depth, c, cOffset);
      case 8 * 8 + 1 -> rows8panels1(bits, x, xOffset, w, wOffset, depth, c, cOffset);
      default ->
          throw new IllegalArgumentException(
              "no kernel of %d rows by %d panels".formatted(rows, panels));
    }
  }

  private static void rows1panels4(
      int bits,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    long blockBytes = blockBytes(bits);
    long w1Offset = panelBytes;
    long w2Offset = 2 * panelBytes;
    long w3Offset = 3 * panelBytes;
    long block = wOffset;
    int xi = xOffset;
    int zero = xOffset + depth;
    IntVector maskEven = IntVector.broadcast(I, (1 << bits) - 1);

    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      FloatVector s00a = FloatVector.broadcast(F, x[zero]);
      FloatVector s00b = s00a;
      FloatVector s01a = s00a;
      FloatVector s01b = s00a;
      FloatVector s02a = s00a;
      FloatVector s02b = s00a;
      FloatVector s03a = s00a;
      FloatVector s03b = s00a;
      for (int step = 0; step < BLOCK_STEPS; step += 2) {
        long at = block + SCALE_BYTES + ((step * bits) >> 5) * (long) INTS_BYTES;
        IntVector w0a = IntVector.fromMemorySegment(I, w, at, LITTLE_ENDIAN);
        IntVector w0b = IntVector.fromMemorySegment(I, w, at + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector w1a = IntVector.fromMemorySegment(I, w, at + w1Offset, LITTLE_ENDIAN);
        IntVector w1b =
            IntVector.fromMemorySegment(I, w, at + w1Offset + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector w2a = IntVector.fromMemorySegment(I, w, at + w2Offset, LITTLE_ENDIAN);
        IntVector w2b =
            IntVector.fromMemorySegment(I, w, at + w2Offset + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector w3a = IntVector.fromMemorySegment(I, w, at + w3Offset, LITTLE_ENDIAN);
        IntVector w3b =
            IntVector.fromMemorySegment(I, w, at + w3Offset + 4 * LENGTH, LITTLE_ENDIAN);
        FloatVector q0aEven = (FloatVector) w0a.and(maskEven).convert(I2F, 0);
        FloatVector q0bEven = (FloatVector) w0b.and(maskEven).convert(I2F, 0);
        FloatVector q1aEven = (FloatVector) w1a.and(maskEven).convert(I2F, 0);
        FloatVector q1bEven = (FloatVector) w1b.and(maskEven).convert(I2F, 0);
        FloatVector q2aEven = (FloatVector) w2a.and(maskEven).convert(I2F, 0);
        FloatVector q2bEven = (FloatVector) w2b.and(maskEven).convert(I2F, 0);
        FloatVector q3aEven = (FloatVector) w3a.and(maskEven).convert(I2F, 0);
        FloatVector q3bEven = (FloatVector) w3b.and(maskEven).convert(I2F, 0);
        FloatVector x0Even = FloatVector.broadcast(F, x[xi]);
        s00a = x0Even.fma(q0aEven, s00a);
        s00b = x0Even.fma(q0bEven, s00b);
        s01a = x0Even.fma(q1aEven, s01a);
        s01b = x0Even.fma(q1bEven, s01b);
        s02a = x0Even.fma(q2aEven, s02a);
        s02b = x0Even.fma(q2bEven, s02b);
        s03a = x0Even.fma(q3aEven, s03a);
        s03b = x0Even.fma(q3bEven, s03b);
        IntVector maskOdd = maskEven.lanewise(ROL, bits);
        FloatVector q0aOdd = (FloatVector) w0a.and(maskOdd).convert(I2F, 0);
        FloatVector q0bOdd = (FloatVector) w0b.and(maskOdd).convert(I2F, 0);
        FloatVector q1aOdd = (FloatVector) w1a.and(maskOdd).convert(I2F, 0);
        FloatVector q1bOdd = (FloatVector) w1b.and(maskOdd).convert(I2F, 0);
        FloatVector q2aOdd = (FloatVector) w2a.and(maskOdd).convert(I2F, 0);
        FloatVector q2bOdd = (FloatVector) w2b.and(maskOdd).convert(I2F, 0);
        FloatVector q3aOdd = (FloatVector) w3a.and(maskOdd).convert(I2F, 0);
        FloatVector q3bOdd = (FloatVector) w3b.and(maskOdd).convert(I2F, 0);
        FloatVector x0Odd = FloatVector.broadcast(F, x[xi + 1]);
        s00a = x0Odd.fma(q0aOdd, s00a);
        s00b = x0Odd.fma(q0bOdd, s00b);
        s01a = x0Odd.fma(q1aOdd, s01a);
        s01b = x0Odd.fma(q1bOdd, s01b);
        s02a = x0Odd.fma(q2aOdd, s02a);
        s02b = x0Odd.fma(q2bOdd, s02b);
        s03a = x0Odd.fma(q3aOdd, s03a);
        s03b = x0Odd.fma(q3bOdd, s03b);
        maskEven = maskOdd.lanewise(ROL, bits);
        xi += 2;
      }
      IntVector scales0 = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scale0a =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale0b =
          scales0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s00a.fma(scale0a, FloatVector.fromArray(F, c, cOffset)).intoArray(c, cOffset);
      s00b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + LENGTH))
          .intoArray(c, cOffset + LENGTH);
      IntVector scales1 = IntVector.fromMemorySegment(I, w, block + w1Offset, LITTLE_ENDIAN);
      FloatVector scale1a =
          scales1
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale1b =
          scales1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s01a.fma(scale1a, FloatVector.fromArray(F, c, cOffset + 2 * LENGTH))
          .intoArray(c, cOffset + 2 * LENGTH);
      s01b.fma(scale1b, FloatVector.fromArray(F, c, cOffset + 3 * LENGTH))
          .intoArray(c, cOffset + 3 * LENGTH);
      IntVector scales2 = IntVector.fromMemorySegment(I, w, block + w2Offset, LITTLE_ENDIAN);
      FloatVector scale2a =
          scales2
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale2b =
          scales2.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s02a.fma(scale2a, FloatVector.fromArray(F, c, cOffset + 4 * LENGTH))
          .intoArray(c, cOffset + 4 * LENGTH);
      s02b.fma(scale2b, FloatVector.fromArray(F, c, cOffset + 5 * LENGTH))
          .intoArray(c, cOffset + 5 * LENGTH);
      IntVector scales3 = IntVector.fromMemorySegment(I, w, block + w3Offset, LITTLE_ENDIAN);
      FloatVector scale3a =
          scales3
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale3b =
          scales3.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s03a.fma(scale3a, FloatVector.fromArray(F, c, cOffset + 6 * LENGTH))
          .intoArray(c, cOffset + 6 * LENGTH);
      s03b.fma(scale3b, FloatVector.fromArray(F, c, cOffset + 7 * LENGTH))
          .intoArray(c, cOffset + 7 * LENGTH);
      zero++;
      block += blockBytes;
    }
  }

  private static void rows1panels2(
      int bits,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    int[] masks = masks(bits);
    long blockBytes = blockBytes(bits);
    long w1Offset = panelBytes;
    long block = wOffset;
    int xi = xOffset;
    int zero = xOffset + depth;

    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      FloatVector s00a = FloatVector.broadcast(F, x[zero]);
      FloatVector s00b = s00a;
      FloatVector s01a = s00a;
      FloatVector s01b = s00a;
      for (int step = 0; step < BLOCK_STEPS; step += 4) {
        long at = block + SCALE_BYTES + ((step * bits) >> 5) * (long) INTS_BYTES;
        IntVector w0a = IntVector.fromMemorySegment(I, w, at, LITTLE_ENDIAN);
        IntVector w0b = IntVector.fromMemorySegment(I, w, at + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector w1a = IntVector.fromMemorySegment(I, w, at + w1Offset, LITTLE_ENDIAN);
        IntVector w1b =
            IntVector.fromMemorySegment(I, w, at + w1Offset + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector mask0 = IntVector.broadcast(I, masks[step]);
        FloatVector q0aStep0 = (FloatVector) w0a.and(mask0).convert(I2F, 0);
        FloatVector q0bStep0 = (FloatVector) w0b.and(mask0).convert(I2F, 0);
        FloatVector q1aStep0 = (FloatVector) w1a.and(mask0).convert(I2F, 0);
        FloatVector q1bStep0 = (FloatVector) w1b.and(mask0).convert(I2F, 0);
        FloatVector x0Step0 = FloatVector.broadcast(F, x[xi]);
        s00a = x0Step0.fma(q0aStep0, s00a);
        s00b = x0Step0.fma(q0bStep0, s00b);
        s01a = x0Step0.fma(q1aStep0, s01a);
        s01b = x0Step0.fma(q1bStep0, s01b);
        IntVector mask1 = mask0.lanewise(LSHL, bits);
        FloatVector q0aStep1 = (FloatVector) w0a.and(mask1).convert(I2F, 0);
        FloatVector q0bStep1 = (FloatVector) w0b.and(mask1).convert(I2F, 0);
        FloatVector q1aStep1 = (FloatVector) w1a.and(mask1).convert(I2F, 0);
        FloatVector q1bStep1 = (FloatVector) w1b.and(mask1).convert(I2F, 0);
        FloatVector x0Step1 = FloatVector.broadcast(F, x[xi + 1]);
        s00a = x0Step1.fma(q0aStep1, s00a);
        s00b = x0Step1.fma(q0bStep1, s00b);
        s01a = x0Step1.fma(q1aStep1, s01a);
        s01b = x0Step1.fma(q1bStep1, s01b);
        IntVector mask2 = mask1.lanewise(LSHL, bits);
        FloatVector q0aStep2 = (FloatVector) w0a.and(mask2).convert(I2F, 0);
        FloatVector q0bStep2 = (FloatVector) w0b.and(mask2).convert(I2F, 0);
        FloatVector q1aStep2 = (FloatVector) w1a.and(mask2).convert(I2F, 0);
        FloatVector q1bStep2 = (FloatVector) w1b.and(mask2).convert(I2F, 0);
        FloatVector x0Step2 = FloatVector.broadcast(F, x[xi + 2]);
        s00a = x0Step2.fma(q0aStep2, s00a);
        s00b = x0Step2.fma(q0bStep2, s00b);
        s01a = x0Step2.fma(q1aStep2, s01a);
        s01b = x0Step2.fma(q1bStep2, s01b);
        IntVector mask3 = mask2.lanewise(LSHL, bits);
        FloatVector q0aStep3 = (FloatVector) w0a.and(mask3).convert(I2F, 0);
        FloatVector q0bStep3 = (FloatVector) w0b.and(mask3).convert(I2F, 0);
        FloatVector q1aStep3 = (FloatVector) w1a.and(mask3).convert(I2F, 0);
        FloatVector q1bStep3 = (FloatVector) w1b.and(mask3).convert(I2F, 0);
        FloatVector x0Step3 = FloatVector.broadcast(F, x[xi + 3]);
        s00a = x0Step3.fma(q0aStep3, s00a);
        s00b = x0Step3.fma(q0bStep3, s00b);
        s01a = x0Step3.fma(q1aStep3, s01a);
        s01b = x0Step3.fma(q1bStep3, s01b);
        xi += 4;
      }
      IntVector scales0 = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scale0a =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale0b =
          scales0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s00a.fma(scale0a, FloatVector.fromArray(F, c, cOffset)).intoArray(c, cOffset);
      s00b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + LENGTH))
          .intoArray(c, cOffset + LENGTH);
      IntVector scales1 = IntVector.fromMemorySegment(I, w, block + w1Offset, LITTLE_ENDIAN);
      FloatVector scale1a =
          scales1
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale1b =
          scales1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s01a.fma(scale1a, FloatVector.fromArray(F, c, cOffset + 2 * LENGTH))
          .intoArray(c, cOffset + 2 * LENGTH);
      s01b.fma(scale1b, FloatVector.fromArray(F, c, cOffset + 3 * LENGTH))
          .intoArray(c, cOffset + 3 * LENGTH);
      zero++;
      block += blockBytes;
    }
  }

  private static void rows1panels1(
      int bits,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int depth,
      float[] c,
      int cOffset) {
    int[] masks = masks(bits);
    long blockBytes = blockBytes(bits);
    long block = wOffset;
    int xi = xOffset;
    int zero = xOffset + depth;

    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      FloatVector s00a = FloatVector.broadcast(F, x[zero]);
      FloatVector s00b = s00a;
      for (int step = 0; step < BLOCK_STEPS; step += 4) {
        long at = block + SCALE_BYTES + ((step * bits) >> 5) * (long) INTS_BYTES;
        IntVector w0a = IntVector.fromMemorySegment(I, w, at, LITTLE_ENDIAN);
        IntVector w0b = IntVector.fromMemorySegment(I, w, at + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector mask0 = IntVector.broadcast(I, masks[step]);
        FloatVector q0aStep0 = (FloatVector) w0a.and(mask0).convert(I2F, 0);
        FloatVector q0bStep0 = (FloatVector) w0b.and(mask0).convert(I2F, 0);
        FloatVector x0Step0 = FloatVector.broadcast(F, x[xi]);
        s00a = x0Step0.fma(q0aStep0, s00a);
        s00b = x0Step0.fma(q0bStep0, s00b);
        IntVector mask1 = mask0.lanewise(LSHL, bits);
        FloatVector q0aStep1 = (FloatVector) w0a.and(mask1).convert(I2F, 0);
        FloatVector q0bStep1 = (FloatVector) w0b.and(mask1).convert(I2F, 0);
        FloatVector x0Step1 = FloatVector.broadcast(F, x[xi + 1]);
        s00a = x0Step1.fma(q0aStep1, s00a);
        s00b = x0Step1.fma(q0bStep1, s00b);
        IntVector mask2 = mask1.lanewise(LSHL, bits);
        FloatVector q0aStep2 = (FloatVector) w0a.and(mask2).convert(I2F, 0);
        FloatVector q0bStep2 = (FloatVector) w0b.and(mask2).convert(I2F, 0);
        FloatVector x0Step2 = FloatVector.broadcast(F, x[xi + 2]);
        s00a = x0Step2.fma(q0aStep2, s00a);
        s00b = x0Step2.fma(q0bStep2, s00b);
        IntVector mask3 = mask2.lanewise(LSHL, bits);
        FloatVector q0aStep3 = (FloatVector) w0a.and(mask3).convert(I2F, 0);
        FloatVector q0bStep3 = (FloatVector) w0b.and(mask3).convert(I2F, 0);
        FloatVector x0Step3 = FloatVector.broadcast(F, x[xi + 3]);
        s00a = x0Step3.fma(q0aStep3, s00a);
        s00b = x0Step3.fma(q0bStep3, s00b);
        xi += 4;
      }
      IntVector scales0 = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scale0a =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale0b =
          scales0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s00a.fma(scale0a, FloatVector.fromArray(F, c, cOffset)).intoArray(c, cOffset);
      s00b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + LENGTH))
          .intoArray(c, cOffset + LENGTH);
      zero++;
      block += blockBytes;
    }
  }

  private static void rows2panels2(
      int bits,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    int[] masks = masks(bits);
    long blockBytes = blockBytes(bits);
    long w1Offset = panelBytes;
    long block = wOffset;
    int xi = xOffset;
    int zero = xOffset + depth * 2;

    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      FloatVector s00a = FloatVector.broadcast(F, x[zero]);
      FloatVector s00b = s00a;
      FloatVector s01a = s00a;
      FloatVector s01b = s00a;
      FloatVector s10a = FloatVector.broadcast(F, x[zero + 1]);
      FloatVector s10b = s10a;
      FloatVector s11a = s10a;
      FloatVector s11b = s10a;
      for (int step = 0; step < BLOCK_STEPS; step += 4) {
        long at = block + SCALE_BYTES + ((step * bits) >> 5) * (long) INTS_BYTES;
        IntVector w0a = IntVector.fromMemorySegment(I, w, at, LITTLE_ENDIAN);
        IntVector w0b = IntVector.fromMemorySegment(I, w, at + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector w1a = IntVector.fromMemorySegment(I, w, at + w1Offset, LITTLE_ENDIAN);
        IntVector w1b =
            IntVector.fromMemorySegment(I, w, at + w1Offset + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector mask0 = IntVector.broadcast(I, masks[step]);
        FloatVector q0aStep0 = (FloatVector) w0a.and(mask0).convert(I2F, 0);
        FloatVector q0bStep0 = (FloatVector) w0b.and(mask0).convert(I2F, 0);
        FloatVector q1aStep0 = (FloatVector) w1a.and(mask0).convert(I2F, 0);
        FloatVector q1bStep0 = (FloatVector) w1b.and(mask0).convert(I2F, 0);
        FloatVector x0Step0 = FloatVector.broadcast(F, x[xi]);
        s00a = x0Step0.fma(q0aStep0, s00a);
        s00b = x0Step0.fma(q0bStep0, s00b);
        s01a = x0Step0.fma(q1aStep0, s01a);
        s01b = x0Step0.fma(q1bStep0, s01b);
        FloatVector x1Step0 = FloatVector.broadcast(F, x[xi + 1]);
        s10a = x1Step0.fma(q0aStep0, s10a);
        s10b = x1Step0.fma(q0bStep0, s10b);
        s11a = x1Step0.fma(q1aStep0, s11a);
        s11b = x1Step0.fma(q1bStep0, s11b);
        IntVector mask1 = IntVector.broadcast(I, masks[step + 1]);
        FloatVector q0aStep1 = (FloatVector) w0a.and(mask1).convert(I2F, 0);
        FloatVector q0bStep1 = (FloatVector) w0b.and(mask1).convert(I2F, 0);
        FloatVector q1aStep1 = (FloatVector) w1a.and(mask1).convert(I2F, 0);
        FloatVector q1bStep1 = (FloatVector) w1b.and(mask1).convert(I2F, 0);
        FloatVector x0Step1 = FloatVector.broadcast(F, x[xi + 2]);
        s00a = x0Step1.fma(q0aStep1, s00a);
        s00b = x0Step1.fma(q0bStep1, s00b);
        s01a = x0Step1.fma(q1aStep1, s01a);
        s01b = x0Step1.fma(q1bStep1, s01b);
        FloatVector x1Step1 = FloatVector.broadcast(F, x[xi + 3]);
        s10a = x1Step1.fma(q0aStep1, s10a);
        s10b = x1Step1.fma(q0bStep1, s10b);
        s11a = x1Step1.fma(q1aStep1, s11a);
        s11b = x1Step1.fma(q1bStep1, s11b);
        IntVector mask2 = IntVector.broadcast(I, masks[step + 2]);
        FloatVector q0aStep2 = (FloatVector) w0a.and(mask2).convert(I2F, 0);
        FloatVector q0bStep2 = (FloatVector) w0b.and(mask2).convert(I2F, 0);
        FloatVector q1aStep2 = (FloatVector) w1a.and(mask2).convert(I2F, 0);
        FloatVector q1bStep2 = (FloatVector) w1b.and(mask2).convert(I2F, 0);
        FloatVector x0Step2 = FloatVector.broadcast(F, x[xi + 4]);
        s00a = x0Step2.fma(q0aStep2, s00a);
        s00b = x0Step2.fma(q0bStep2, s00b);
        s01a = x0Step2.fma(q1aStep2, s01a);
        s01b = x0Step2.fma(q1bStep2, s01b);
        FloatVector x1Step2 = FloatVector.broadcast(F, x[xi + 5]);
        s10a = x1Step2.fma(q0aStep2, s10a);
        s10b = x1Step2.fma(q0bStep2, s10b);
        s11a = x1Step2.fma(q1aStep2, s11a);
        s11b = x1Step2.fma(q1bStep2, s11b);
        IntVector mask3 = IntVector.broadcast(I, masks[step + 3]);
        FloatVector q0aStep3 = (FloatVector) w0a.and(mask3).convert(I2F, 0);
        FloatVector q0bStep3 = (FloatVector) w0b.and(mask3).convert(I2F, 0);
        FloatVector q1aStep3 = (FloatVector) w1a.and(mask3).convert(I2F, 0);
        FloatVector q1bStep3 = (FloatVector) w1b.and(mask3).convert(I2F, 0);
        FloatVector x0Step3 = FloatVector.broadcast(F, x[xi + 6]);
        s00a = x0Step3.fma(q0aStep3, s00a);
        s00b = x0Step3.fma(q0bStep3, s00b);
        s01a = x0Step3.fma(q1aStep3, s01a);
        s01b = x0Step3.fma(q1bStep3, s01b);
        FloatVector x1Step3 = FloatVector.broadcast(F, x[xi + 7]);
        s10a = x1Step3.fma(q0aStep3, s10a);
        s10b = x1Step3.fma(q0bStep3, s10b);
        s11a = x1Step3.fma(q1aStep3, s11a);
        s11b = x1Step3.fma(q1bStep3, s11b);
        xi += 8;
      }
      IntVector scales0 = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scale0a =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale0b =
          scales0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s00a.fma(scale0a, FloatVector.fromArray(F, c, cOffset)).intoArray(c, cOffset);
      s00b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + LENGTH))
          .intoArray(c, cOffset + LENGTH);
      s10a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + STRIDE))
          .intoArray(c, cOffset + STRIDE);
      s10b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH))
          .intoArray(c, cOffset + STRIDE + LENGTH);
      IntVector scales1 = IntVector.fromMemorySegment(I, w, block + w1Offset, LITTLE_ENDIAN);
      FloatVector scale1a =
          scales1
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale1b =
          scales1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s01a.fma(scale1a, FloatVector.fromArray(F, c, cOffset + 2 * LENGTH))
          .intoArray(c, cOffset + 2 * LENGTH);
      s01b.fma(scale1b, FloatVector.fromArray(F, c, cOffset + 3 * LENGTH))
          .intoArray(c, cOffset + 3 * LENGTH);
      s11a.fma(scale1a, FloatVector.fromArray(F, c, cOffset + STRIDE + 2 * LENGTH))
          .intoArray(c, cOffset + STRIDE + 2 * LENGTH);
      s11b.fma(scale1b, FloatVector.fromArray(F, c, cOffset + STRIDE + 3 * LENGTH))
          .intoArray(c, cOffset + STRIDE + 3 * LENGTH);
      zero += 2;
      block += blockBytes;
    }
  }

  private static void rows2panels1(
      int bits,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int depth,
      float[] c,
      int cOffset) {
    int[] masks = masks(bits);
    long blockBytes = blockBytes(bits);
    long block = wOffset;
    int xi = xOffset;
    int zero = xOffset + depth * 2;

    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      FloatVector s00a = FloatVector.broadcast(F, x[zero]);
      FloatVector s00b = s00a;
      FloatVector s10a = FloatVector.broadcast(F, x[zero + 1]);
      FloatVector s10b = s10a;
      for (int step = 0; step < BLOCK_STEPS; step += 2) {
        long at = block + SCALE_BYTES + ((step * bits) >> 5) * (long) INTS_BYTES;
        IntVector w0a = IntVector.fromMemorySegment(I, w, at, LITTLE_ENDIAN);
        IntVector w0b = IntVector.fromMemorySegment(I, w, at + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector maskEven = IntVector.broadcast(I, masks[step]);
        FloatVector q0aEven = (FloatVector) w0a.and(maskEven).convert(I2F, 0);
        FloatVector q0bEven = (FloatVector) w0b.and(maskEven).convert(I2F, 0);
        FloatVector x0Even = FloatVector.broadcast(F, x[xi]);
        s00a = x0Even.fma(q0aEven, s00a);
        s00b = x0Even.fma(q0bEven, s00b);
        FloatVector x1Even = FloatVector.broadcast(F, x[xi + 1]);
        s10a = x1Even.fma(q0aEven, s10a);
        s10b = x1Even.fma(q0bEven, s10b);
        IntVector maskOdd = IntVector.broadcast(I, masks[step + 1]);
        FloatVector q0aOdd = (FloatVector) w0a.and(maskOdd).convert(I2F, 0);
        FloatVector q0bOdd = (FloatVector) w0b.and(maskOdd).convert(I2F, 0);
        FloatVector x0Odd = FloatVector.broadcast(F, x[xi + 2]);
        s00a = x0Odd.fma(q0aOdd, s00a);
        s00b = x0Odd.fma(q0bOdd, s00b);
        FloatVector x1Odd = FloatVector.broadcast(F, x[xi + 3]);
        s10a = x1Odd.fma(q0aOdd, s10a);
        s10b = x1Odd.fma(q0bOdd, s10b);
        xi += 4;
      }
      IntVector scales0 = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scale0a =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale0b =
          scales0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s00a.fma(scale0a, FloatVector.fromArray(F, c, cOffset)).intoArray(c, cOffset);
      s00b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + LENGTH))
          .intoArray(c, cOffset + LENGTH);
      s10a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + STRIDE))
          .intoArray(c, cOffset + STRIDE);
      s10b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH))
          .intoArray(c, cOffset + STRIDE + LENGTH);
      zero += 2;
      block += blockBytes;
    }
  }

  private static void rows4panels2(
      int bits,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    int[] masks = masks(bits);
    long blockBytes = blockBytes(bits);
    long w1Offset = panelBytes;
    long block = wOffset;
    int xi = xOffset;
    int zero = xOffset + depth * 4;

    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      FloatVector s00a = FloatVector.broadcast(F, x[zero]);
      FloatVector s00b = s00a;
      FloatVector s01a = s00a;
      FloatVector s01b = s00a;
      FloatVector s10a = FloatVector.broadcast(F, x[zero + 1]);
      FloatVector s10b = s10a;
      FloatVector s11a = s10a;
      FloatVector s11b = s10a;
      FloatVector s20a = FloatVector.broadcast(F, x[zero + 2]);
      FloatVector s20b = s20a;
      FloatVector s21a = s20a;
      FloatVector s21b = s20a;
      FloatVector s30a = FloatVector.broadcast(F, x[zero + 3]);
      FloatVector s30b = s30a;
      FloatVector s31a = s30a;
      FloatVector s31b = s30a;
      for (int step = 0; step < BLOCK_STEPS; step += 2) {
        long at = block + SCALE_BYTES + ((step * bits) >> 5) * (long) INTS_BYTES;
        IntVector w0a = IntVector.fromMemorySegment(I, w, at, LITTLE_ENDIAN);
        IntVector w0b = IntVector.fromMemorySegment(I, w, at + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector w1a = IntVector.fromMemorySegment(I, w, at + w1Offset, LITTLE_ENDIAN);
        IntVector w1b =
            IntVector.fromMemorySegment(I, w, at + w1Offset + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector maskEven = IntVector.broadcast(I, masks[step]);
        FloatVector q0aEven = (FloatVector) w0a.and(maskEven).convert(I2F, 0);
        FloatVector q0bEven = (FloatVector) w0b.and(maskEven).convert(I2F, 0);
        FloatVector q1aEven = (FloatVector) w1a.and(maskEven).convert(I2F, 0);
        FloatVector q1bEven = (FloatVector) w1b.and(maskEven).convert(I2F, 0);
        FloatVector x0Even = FloatVector.broadcast(F, x[xi]);
        s00a = x0Even.fma(q0aEven, s00a);
        s00b = x0Even.fma(q0bEven, s00b);
        s01a = x0Even.fma(q1aEven, s01a);
        s01b = x0Even.fma(q1bEven, s01b);
        FloatVector x1Even = FloatVector.broadcast(F, x[xi + 1]);
        s10a = x1Even.fma(q0aEven, s10a);
        s10b = x1Even.fma(q0bEven, s10b);
        s11a = x1Even.fma(q1aEven, s11a);
        s11b = x1Even.fma(q1bEven, s11b);
        FloatVector x2Even = FloatVector.broadcast(F, x[xi + 2]);
        s20a = x2Even.fma(q0aEven, s20a);
        s20b = x2Even.fma(q0bEven, s20b);
        s21a = x2Even.fma(q1aEven, s21a);
        s21b = x2Even.fma(q1bEven, s21b);
        FloatVector x3Even = FloatVector.broadcast(F, x[xi + 3]);
        s30a = x3Even.fma(q0aEven, s30a);
        s30b = x3Even.fma(q0bEven, s30b);
        s31a = x3Even.fma(q1aEven, s31a);
        s31b = x3Even.fma(q1bEven, s31b);
        IntVector maskOdd = IntVector.broadcast(I, masks[step + 1]);
        FloatVector q0aOdd = (FloatVector) w0a.and(maskOdd).convert(I2F, 0);
        FloatVector q0bOdd = (FloatVector) w0b.and(maskOdd).convert(I2F, 0);
        FloatVector q1aOdd = (FloatVector) w1a.and(maskOdd).convert(I2F, 0);
        FloatVector q1bOdd = (FloatVector) w1b.and(maskOdd).convert(I2F, 0);
        FloatVector x0Odd = FloatVector.broadcast(F, x[xi + 4]);
        s00a = x0Odd.fma(q0aOdd, s00a);
        s00b = x0Odd.fma(q0bOdd, s00b);
        s01a = x0Odd.fma(q1aOdd, s01a);
        s01b = x0Odd.fma(q1bOdd, s01b);
        FloatVector x1Odd = FloatVector.broadcast(F, x[xi + 5]);
        s10a = x1Odd.fma(q0aOdd, s10a);
        s10b = x1Odd.fma(q0bOdd, s10b);
        s11a = x1Odd.fma(q1aOdd, s11a);
        s11b = x1Odd.fma(q1bOdd, s11b);
        FloatVector x2Odd = FloatVector.broadcast(F, x[xi + 6]);
        s20a = x2Odd.fma(q0aOdd, s20a);
        s20b = x2Odd.fma(q0bOdd, s20b);
        s21a = x2Odd.fma(q1aOdd, s21a);
        s21b = x2Odd.fma(q1bOdd, s21b);
        FloatVector x3Odd = FloatVector.broadcast(F, x[xi + 7]);
        s30a = x3Odd.fma(q0aOdd, s30a);
        s30b = x3Odd.fma(q0bOdd, s30b);
        s31a = x3Odd.fma(q1aOdd, s31a);
        s31b = x3Odd.fma(q1bOdd, s31b);
        xi += 8;
      }
      IntVector scales0 = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scale0a =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale0b =
          scales0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s00a.fma(scale0a, FloatVector.fromArray(F, c, cOffset)).intoArray(c, cOffset);
      s00b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + LENGTH))
          .intoArray(c, cOffset + LENGTH);
      s10a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + STRIDE))
          .intoArray(c, cOffset + STRIDE);
      s10b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH))
          .intoArray(c, cOffset + STRIDE + LENGTH);
      s20a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 2 * STRIDE))
          .intoArray(c, cOffset + 2 * STRIDE);
      s20b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 2 * STRIDE + LENGTH);
      s30a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 3 * STRIDE))
          .intoArray(c, cOffset + 3 * STRIDE);
      s30b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 3 * STRIDE + LENGTH);
      IntVector scales1 = IntVector.fromMemorySegment(I, w, block + w1Offset, LITTLE_ENDIAN);
      FloatVector scale1a =
          scales1
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale1b =
          scales1.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s01a.fma(scale1a, FloatVector.fromArray(F, c, cOffset + 2 * LENGTH))
          .intoArray(c, cOffset + 2 * LENGTH);
      s01b.fma(scale1b, FloatVector.fromArray(F, c, cOffset + 3 * LENGTH))
          .intoArray(c, cOffset + 3 * LENGTH);
      s11a.fma(scale1a, FloatVector.fromArray(F, c, cOffset + STRIDE + 2 * LENGTH))
          .intoArray(c, cOffset + STRIDE + 2 * LENGTH);
      s11b.fma(scale1b, FloatVector.fromArray(F, c, cOffset + STRIDE + 3 * LENGTH))
          .intoArray(c, cOffset + STRIDE + 3 * LENGTH);
      s21a.fma(scale1a, FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + 2 * LENGTH))
          .intoArray(c, cOffset + 2 * STRIDE + 2 * LENGTH);
      s21b.fma(scale1b, FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + 3 * LENGTH))
          .intoArray(c, cOffset + 2 * STRIDE + 3 * LENGTH);
      s31a.fma(scale1a, FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + 2 * LENGTH))
          .intoArray(c, cOffset + 3 * STRIDE + 2 * LENGTH);
      s31b.fma(scale1b, FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + 3 * LENGTH))
          .intoArray(c, cOffset + 3 * STRIDE + 3 * LENGTH);
      zero += 4;
      block += blockBytes;
    }
  }

  private static void rows4panels1(
      int bits,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int depth,
      float[] c,
      int cOffset) {
    int stepsPerInt = Integer.SIZE / bits;
    long blockBytes = blockBytes(bits);
    long block = wOffset;
    int xi = xOffset;
    int zero = xOffset + depth * 4;

    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      FloatVector s00a = FloatVector.broadcast(F, x[zero]);
      FloatVector s00b = s00a;
      FloatVector s10a = FloatVector.broadcast(F, x[zero + 1]);
      FloatVector s10b = s10a;
      FloatVector s20a = FloatVector.broadcast(F, x[zero + 2]);
      FloatVector s20b = s20a;
      FloatVector s30a = FloatVector.broadcast(F, x[zero + 3]);
      FloatVector s30b = s30a;
      for (long at = block + SCALE_BYTES; at < block + blockBytes; at += INTS_BYTES) {
        IntVector w0a = IntVector.fromMemorySegment(I, w, at, LITTLE_ENDIAN);
        IntVector w0b = IntVector.fromMemorySegment(I, w, at + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector mask = IntVector.broadcast(I, (1 << bits) - 1);
        for (int step = 0; step < stepsPerInt; step++) {
          FloatVector q0a = (FloatVector) w0a.and(mask).convert(I2F, 0);
          FloatVector q0b = (FloatVector) w0b.and(mask).convert(I2F, 0);
          FloatVector x0 = FloatVector.broadcast(F, x[xi]);
          s00a = x0.fma(q0a, s00a);
          s00b = x0.fma(q0b, s00b);
          FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
          s10a = x1.fma(q0a, s10a);
          s10b = x1.fma(q0b, s10b);
          FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
          s20a = x2.fma(q0a, s20a);
          s20b = x2.fma(q0b, s20b);
          FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
          s30a = x3.fma(q0a, s30a);
          s30b = x3.fma(q0b, s30b);
          mask = mask.lanewise(LSHL, bits);
          xi += 4;
        }
      }
      IntVector scales0 = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scale0a =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale0b =
          scales0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s00a.fma(scale0a, FloatVector.fromArray(F, c, cOffset)).intoArray(c, cOffset);
      s00b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + LENGTH))
          .intoArray(c, cOffset + LENGTH);
      s10a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + STRIDE))
          .intoArray(c, cOffset + STRIDE);
      s10b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH))
          .intoArray(c, cOffset + STRIDE + LENGTH);
      s20a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 2 * STRIDE))
          .intoArray(c, cOffset + 2 * STRIDE);
      s20b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 2 * STRIDE + LENGTH);
      s30a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 3 * STRIDE))
          .intoArray(c, cOffset + 3 * STRIDE);
      s30b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 3 * STRIDE + LENGTH);
      zero += 4;
      block += blockBytes;
    }
  }

  private static void rows8panels1(
      int bits,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int depth,
      float[] c,
      int cOffset) {
    int[] masks = masks(bits);
    long blockBytes = blockBytes(bits);
    long block = wOffset;
    int xi = xOffset;
    int zero = xOffset + depth * 8;

    for (int k = 0; k < depth; k += BLOCK_STEPS) {
      FloatVector s00a = FloatVector.broadcast(F, x[zero]);
      FloatVector s00b = s00a;
      FloatVector s10a = FloatVector.broadcast(F, x[zero + 1]);
      FloatVector s10b = s10a;
      FloatVector s20a = FloatVector.broadcast(F, x[zero + 2]);
      FloatVector s20b = s20a;
      FloatVector s30a = FloatVector.broadcast(F, x[zero + 3]);
      FloatVector s30b = s30a;
      FloatVector s40a = FloatVector.broadcast(F, x[zero + 4]);
      FloatVector s40b = s40a;
      FloatVector s50a = FloatVector.broadcast(F, x[zero + 5]);
      FloatVector s50b = s50a;
      FloatVector s60a = FloatVector.broadcast(F, x[zero + 6]);
      FloatVector s60b = s60a;
      FloatVector s70a = FloatVector.broadcast(F, x[zero + 7]);
      FloatVector s70b = s70a;
      for (int step = 0; step < BLOCK_STEPS; step += 2) {
        long at = block + SCALE_BYTES + ((step * bits) >> 5) * (long) INTS_BYTES;
        IntVector w0a = IntVector.fromMemorySegment(I, w, at, LITTLE_ENDIAN);
        IntVector w0b = IntVector.fromMemorySegment(I, w, at + 4 * LENGTH, LITTLE_ENDIAN);
        IntVector maskEven = IntVector.broadcast(I, masks[step]);
        FloatVector q0aEven = (FloatVector) w0a.and(maskEven).convert(I2F, 0);
        FloatVector q0bEven = (FloatVector) w0b.and(maskEven).convert(I2F, 0);
        FloatVector x0Even = FloatVector.broadcast(F, x[xi]);
        s00a = x0Even.fma(q0aEven, s00a);
        s00b = x0Even.fma(q0bEven, s00b);
        FloatVector x1Even = FloatVector.broadcast(F, x[xi + 1]);
        s10a = x1Even.fma(q0aEven, s10a);
        s10b = x1Even.fma(q0bEven, s10b);
        FloatVector x2Even = FloatVector.broadcast(F, x[xi + 2]);
        s20a = x2Even.fma(q0aEven, s20a);
        s20b = x2Even.fma(q0bEven, s20b);
        FloatVector x3Even = FloatVector.broadcast(F, x[xi + 3]);
        s30a = x3Even.fma(q0aEven, s30a);
        s30b = x3Even.fma(q0bEven, s30b);
        FloatVector x4Even = FloatVector.broadcast(F, x[xi + 4]);
        s40a = x4Even.fma(q0aEven, s40a);
        s40b = x4Even.fma(q0bEven, s40b);
        FloatVector x5Even = FloatVector.broadcast(F, x[xi + 5]);
        s50a = x5Even.fma(q0aEven, s50a);
        s50b = x5Even.fma(q0bEven, s50b);
        FloatVector x6Even = FloatVector.broadcast(F, x[xi + 6]);
        s60a = x6Even.fma(q0aEven, s60a);
        s60b = x6Even.fma(q0bEven, s60b);
        FloatVector x7Even = FloatVector.broadcast(F, x[xi + 7]);
        s70a = x7Even.fma(q0aEven, s70a);
        s70b = x7Even.fma(q0bEven, s70b);
        IntVector maskOdd = IntVector.broadcast(I, masks[step + 1]);
        FloatVector q0aOdd = (FloatVector) w0a.and(maskOdd).convert(I2F, 0);
        FloatVector q0bOdd = (FloatVector) w0b.and(maskOdd).convert(I2F, 0);
        FloatVector x0Odd = FloatVector.broadcast(F, x[xi + 8]);
        s00a = x0Odd.fma(q0aOdd, s00a);
        s00b = x0Odd.fma(q0bOdd, s00b);
        FloatVector x1Odd = FloatVector.broadcast(F, x[xi + 9]);
        s10a = x1Odd.fma(q0aOdd, s10a);
        s10b = x1Odd.fma(q0bOdd, s10b);
        FloatVector x2Odd = FloatVector.broadcast(F, x[xi + 10]);
        s20a = x2Odd.fma(q0aOdd, s20a);
        s20b = x2Odd.fma(q0bOdd, s20b);
        FloatVector x3Odd = FloatVector.broadcast(F, x[xi + 11]);
        s30a = x3Odd.fma(q0aOdd, s30a);
        s30b = x3Odd.fma(q0bOdd, s30b);
        FloatVector x4Odd = FloatVector.broadcast(F, x[xi + 12]);
        s40a = x4Odd.fma(q0aOdd, s40a);
        s40b = x4Odd.fma(q0bOdd, s40b);
        FloatVector x5Odd = FloatVector.broadcast(F, x[xi + 13]);
        s50a = x5Odd.fma(q0aOdd, s50a);
        s50b = x5Odd.fma(q0bOdd, s50b);
        FloatVector x6Odd = FloatVector.broadcast(F, x[xi + 14]);
        s60a = x6Odd.fma(q0aOdd, s60a);
        s60b = x6Odd.fma(q0bOdd, s60b);
        FloatVector x7Odd = FloatVector.broadcast(F, x[xi + 15]);
        s70a = x7Odd.fma(q0aOdd, s70a);
        s70b = x7Odd.fma(q0bOdd, s70b);
        xi += 16;
      }
      IntVector scales0 = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scale0a =
          scales0
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(F16_SHIFTED)
              .reinterpretAsFloats()
              .mul(F16_BIAS);
      FloatVector scale0b =
          scales0.lanewise(ASHR, 3).and(F16_SHIFTED).reinterpretAsFloats().mul(F16_BIAS);
      s00a.fma(scale0a, FloatVector.fromArray(F, c, cOffset)).intoArray(c, cOffset);
      s00b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + LENGTH))
          .intoArray(c, cOffset + LENGTH);
      s10a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + STRIDE))
          .intoArray(c, cOffset + STRIDE);
      s10b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + STRIDE + LENGTH))
          .intoArray(c, cOffset + STRIDE + LENGTH);
      s20a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 2 * STRIDE))
          .intoArray(c, cOffset + 2 * STRIDE);
      s20b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 2 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 2 * STRIDE + LENGTH);
      s30a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 3 * STRIDE))
          .intoArray(c, cOffset + 3 * STRIDE);
      s30b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 3 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 3 * STRIDE + LENGTH);
      s40a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 4 * STRIDE))
          .intoArray(c, cOffset + 4 * STRIDE);
      s40b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 4 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 4 * STRIDE + LENGTH);
      s50a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 5 * STRIDE))
          .intoArray(c, cOffset + 5 * STRIDE);
      s50b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 5 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 5 * STRIDE + LENGTH);
      s60a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 6 * STRIDE))
          .intoArray(c, cOffset + 6 * STRIDE);
      s60b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 6 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 6 * STRIDE + LENGTH);
      s70a.fma(scale0a, FloatVector.fromArray(F, c, cOffset + 7 * STRIDE))
          .intoArray(c, cOffset + 7 * STRIDE);
      s70b.fma(scale0b, FloatVector.fromArray(F, c, cOffset + 7 * STRIDE + LENGTH))
          .intoArray(c, cOffset + 7 * STRIDE + LENGTH);
      zero += 8;
      block += blockBytes;
    }
  }
}
