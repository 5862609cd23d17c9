package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Lanes.F;
import static dev.ridgepoint.engine.kernels.Lanes.I;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.ridgepoint.engine.formats.Q8Codec;
import dev.ridgepoint.engine.formats.RowCodec;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Panels of {@link Q8Codec}'s blocks. Behind its scales a block holds {@code [STEPS/4][2][LENGTH]}
 * ints: four steps of one column each, the first in the lowest byte. Two shifts make a step's
 * lanes, whatever the width of the vectors.
 */
final class PanelsQ8 extends QuantisedPanels {
  private static final int STEPS_PER_INT = 4;
  private static final long BLOCK_BYTES = SCALE_BYTES + (long) STEPS / STEPS_PER_INT * INTS_BYTES;

  PanelsQ8() {
    super(RowCodec.Q8_0);
  }

  @Override
  void setQuant(
      MemorySegment row, long rowBlock, int step, MemorySegment panel, long block, int column) {
    byte q = row.get(JAVA_BYTE, rowBlock + Q8Codec.QUANTS_OFFSET + step);
    panel.set(JAVA_BYTE, at(block, step, column), q);
  }

  @Override
  int quant(MemorySegment panel, long block, int step, int column) {
    return panel.get(JAVA_BYTE, at(block, step, column));
  }

  /** The byte of a step. */
  private static long at(long block, int step, int column) {
    long ints = block + SCALE_BYTES + (long) step / STEPS_PER_INT * INTS_BYTES;
    return ints + 4L * column + step % STEPS_PER_INT;
  }

  // The loops below are flat on purpose: C2 stops inlining helpers when a method has this many
  // vectors, and what is not inlined allocates them.

  @Override
  public void unpack(MemorySegment panel, long panelOffset, int depth, MemorySegment target) {
    long block = panelOffset;
    for (long to = 0, end = 4L * depth * PANEL; to < end; block += BLOCK_BYTES) {
      IntVector scales = load(panel, block);
      FloatVector scalesA = lowScales(scales);
      FloatVector scalesB = highScales(scales);
      for (long at = SCALE_BYTES; at < BLOCK_BYTES; at += INTS_BYTES) {
        IntVector a = IntVector.fromMemorySegment(I, panel, block + at, LITTLE_ENDIAN);
        IntVector b = IntVector.fromMemorySegment(I, panel, block + at + 4 * LENGTH, LITTLE_ENDIAN);
        FloatVector a0 = (FloatVector) a.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
        a0.mul(scalesA).intoMemorySegment(target, to, LITTLE_ENDIAN);
        FloatVector b0 = (FloatVector) b.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
        b0.mul(scalesB).intoMemorySegment(target, to + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a1 = (FloatVector) a.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
        a1.mul(scalesA).intoMemorySegment(target, to + STEP, LITTLE_ENDIAN);
        FloatVector b1 = (FloatVector) b.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
        b1.mul(scalesB).intoMemorySegment(target, to + STEP + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a2 = (FloatVector) a.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
        a2.mul(scalesA).intoMemorySegment(target, to + 2 * STEP, LITTLE_ENDIAN);
        FloatVector b2 = (FloatVector) b.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
        b2.mul(scalesB).intoMemorySegment(target, to + 2 * STEP + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a3 = (FloatVector) a.lanewise(ASHR, 24).convert(I2F, 0);
        a3.mul(scalesA).intoMemorySegment(target, to + 3 * STEP, LITTLE_ENDIAN);
        FloatVector b3 = (FloatVector) b.lanewise(ASHR, 24).convert(I2F, 0);
        b3.mul(scalesB).intoMemorySegment(target, to + 3 * STEP + HALF_STEP, LITTLE_ENDIAN);
        to += STEPS_PER_INT * STEP;
      }
    }
  }

  /** One row by one panel; even and odd steps have sums of their own, to hide latency. */
  @Override
  public void multiplyAdd(
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
    int xi = xOffset;
    long block = wOffset;
    for (int k = 0; k < depth; k += STEPS) {
      FloatVector evenA = FloatVector.zero(F);
      FloatVector evenB = FloatVector.zero(F);
      FloatVector oddA = FloatVector.zero(F);
      FloatVector oddB = FloatVector.zero(F);
      for (long at = SCALE_BYTES; at < BLOCK_BYTES; at += INTS_BYTES) {
        IntVector a = IntVector.fromMemorySegment(I, w, block + at, LITTLE_ENDIAN);
        IntVector b = IntVector.fromMemorySegment(I, w, block + at + 4 * LENGTH, LITTLE_ENDIAN);
        FloatVector x0 = FloatVector.broadcast(F, x[xi]);
        FloatVector a0 = (FloatVector) a.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
        evenA = x0.fma(a0, evenA);
        FloatVector b0 = (FloatVector) b.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0);
        evenB = x0.fma(b0, evenB);
        FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
        FloatVector a1 = (FloatVector) a.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
        oddA = x1.fma(a1, oddA);
        FloatVector b1 = (FloatVector) b.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0);
        oddB = x1.fma(b1, oddB);
        FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
        FloatVector a2 = (FloatVector) a.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
        evenA = x2.fma(a2, evenA);
        FloatVector b2 = (FloatVector) b.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
        evenB = x2.fma(b2, evenB);
        FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
        FloatVector a3 = (FloatVector) a.lanewise(ASHR, 24).convert(I2F, 0);
        oddA = x3.fma(a3, oddA);
        FloatVector b3 = (FloatVector) b.lanewise(ASHR, 24).convert(I2F, 0);
        oddB = x3.fma(b3, oddB);
        xi += STEPS_PER_INT;
      }
      IntVector scales = IntVector.fromMemorySegment(I, w, block, LITTLE_ENDIAN);
      FloatVector scalesA =
          scales
              .lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SHIFTED_BITS)
              .reinterpretAsFloats()
              .mul(BIAS);
      FloatVector scalesB =
          scales.lanewise(ASHR, 3).and(SHIFTED_BITS).reinterpretAsFloats().mul(BIAS);
      FloatVector cA = FloatVector.fromArray(F, c, cOffset);
      FloatVector cB = FloatVector.fromArray(F, c, cOffset + LENGTH);
      evenA.add(oddA).fma(scalesA, cA).intoArray(c, cOffset);
      evenB.add(oddB).fma(scalesB, cB).intoArray(c, cOffset + LENGTH);
      block += BLOCK_BYTES;
    }
  }
}
