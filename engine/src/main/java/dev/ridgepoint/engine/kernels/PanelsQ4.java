package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.formats.Q4Codec.ZERO_POINT;
import static dev.ridgepoint.engine.kernels.Lanes.F;
import static dev.ridgepoint.engine.kernels.Lanes.I;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.ridgepoint.engine.formats.Q4Codec;
import dev.ridgepoint.engine.formats.RowCodec;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Panels of {@link Q4Codec}'s blocks. Behind its scales a block holds {@code [STEPS/8][2][LENGTH]}
 * ints: eight steps of one column each, the first in the lowest half byte.
 *
 * <p>The streaming product spares the shifts that would bring a step's bits to the bottom: where
 * they lie, they are its q times a power of 16, so the row is divided by that power beforehand. And
 * it multiplies q, not q - 8: the difference is the same for all columns, and is added as one more
 * step of the row.
 */
final class PanelsQ4 extends QuantisedPanels {
  private static final int STEPS_PER_INT = 8;
  private static final long BLOCK_BYTES = SCALE_BYTES + (long) STEPS / STEPS_PER_INT * INTS_BYTES;
  private static final int PREPARED_STEPS = STEPS + 1;
  private static final int HALF_BYTE = 0xf;

  PanelsQ4() {
    super(RowCodec.Q4_0);
  }

  @Override
  void setQuant(
      MemorySegment row, long rowBlock, int step, MemorySegment panel, long block, int column) {
    int q = Q4Codec.quant(row, rowBlock, step);
    long at = at(block, step, column);
    panel.set(JAVA_BYTE, at, (byte) (panel.get(JAVA_BYTE, at) | (q << shift(step))));
  }

  @Override
  int quant(MemorySegment panel, long block, int step, int column) {
    int pair = panel.get(JAVA_BYTE, at(block, step, column));
    return (pair >> shift(step) & HALF_BYTE) - ZERO_POINT;
  }

  /** The byte of a step. */
  private static long at(long block, int step, int column) {
    long ints = block + SCALE_BYTES + (long) step / STEPS_PER_INT * INTS_BYTES;
    return ints + 4L * column + step % STEPS_PER_INT / 2;
  }

  /** Where in its byte a step begins. */
  private static int shift(int step) {
    return step % 2 * 4;
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
      FloatVector zeroA = scalesA.mul(-ZERO_POINT);
      FloatVector zeroB = scalesB.mul(-ZERO_POINT);
      for (long at = SCALE_BYTES; at < BLOCK_BYTES; at += INTS_BYTES) {
        // q * scale - 8 * scale is exact.
        IntVector a = IntVector.fromMemorySegment(I, panel, block + at, LITTLE_ENDIAN);
        IntVector b = IntVector.fromMemorySegment(I, panel, block + at + 4 * LENGTH, LITTLE_ENDIAN);
        FloatVector a0 = (FloatVector) a.and(HALF_BYTE).convert(I2F, 0);
        a0.fma(scalesA, zeroA).intoMemorySegment(target, to, LITTLE_ENDIAN);
        FloatVector b0 = (FloatVector) b.and(HALF_BYTE).convert(I2F, 0);
        b0.fma(scalesB, zeroB).intoMemorySegment(target, to + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a1 = (FloatVector) a.lanewise(LSHR, 4).and(HALF_BYTE).convert(I2F, 0);
        a1.fma(scalesA, zeroA).intoMemorySegment(target, to + STEP, LITTLE_ENDIAN);
        FloatVector b1 = (FloatVector) b.lanewise(LSHR, 4).and(HALF_BYTE).convert(I2F, 0);
        b1.fma(scalesB, zeroB).intoMemorySegment(target, to + STEP + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a2 = (FloatVector) a.lanewise(LSHR, 8).and(HALF_BYTE).convert(I2F, 0);
        a2.fma(scalesA, zeroA).intoMemorySegment(target, to + 2 * STEP, LITTLE_ENDIAN);
        FloatVector b2 = (FloatVector) b.lanewise(LSHR, 8).and(HALF_BYTE).convert(I2F, 0);
        b2.fma(scalesB, zeroB).intoMemorySegment(target, to + 2 * STEP + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a3 = (FloatVector) a.lanewise(LSHR, 12).and(HALF_BYTE).convert(I2F, 0);
        a3.fma(scalesA, zeroA).intoMemorySegment(target, to + 3 * STEP, LITTLE_ENDIAN);
        FloatVector b3 = (FloatVector) b.lanewise(LSHR, 12).and(HALF_BYTE).convert(I2F, 0);
        b3.fma(scalesB, zeroB).intoMemorySegment(target, to + 3 * STEP + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a4 = (FloatVector) a.lanewise(LSHR, 16).and(HALF_BYTE).convert(I2F, 0);
        a4.fma(scalesA, zeroA).intoMemorySegment(target, to + 4 * STEP, LITTLE_ENDIAN);
        FloatVector b4 = (FloatVector) b.lanewise(LSHR, 16).and(HALF_BYTE).convert(I2F, 0);
        b4.fma(scalesB, zeroB).intoMemorySegment(target, to + 4 * STEP + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a5 = (FloatVector) a.lanewise(LSHR, 20).and(HALF_BYTE).convert(I2F, 0);
        a5.fma(scalesA, zeroA).intoMemorySegment(target, to + 5 * STEP, LITTLE_ENDIAN);
        FloatVector b5 = (FloatVector) b.lanewise(LSHR, 20).and(HALF_BYTE).convert(I2F, 0);
        b5.fma(scalesB, zeroB).intoMemorySegment(target, to + 5 * STEP + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a6 = (FloatVector) a.lanewise(LSHR, 24).and(HALF_BYTE).convert(I2F, 0);
        a6.fma(scalesA, zeroA).intoMemorySegment(target, to + 6 * STEP, LITTLE_ENDIAN);
        FloatVector b6 = (FloatVector) b.lanewise(LSHR, 24).and(HALF_BYTE).convert(I2F, 0);
        b6.fma(scalesB, zeroB).intoMemorySegment(target, to + 6 * STEP + HALF_STEP, LITTLE_ENDIAN);
        FloatVector a7 = (FloatVector) a.lanewise(LSHR, 28).convert(I2F, 0);
        a7.fma(scalesA, zeroA).intoMemorySegment(target, to + 7 * STEP, LITTLE_ENDIAN);
        FloatVector b7 = (FloatVector) b.lanewise(LSHR, 28).convert(I2F, 0);
        b7.fma(scalesB, zeroB).intoMemorySegment(target, to + 7 * STEP + HALF_STEP, LITTLE_ENDIAN);
        to += STEPS_PER_INT * STEP;
      }
    }
  }

  @Override
  public int preparedSteps(int depth) {
    return depth / STEPS * PREPARED_STEPS;
  }

  @Override
  public void prepare(float[] x, int rows, int depth) {
    // From the end, because the row grows.
    for (int block = depth / STEPS - 1; block >= 0; block--) {
      int from = block * STEPS;
      int to = block * PREPARED_STEPS;
      float sum = 0;
      for (int i = 0; i < STEPS; i++) {
        sum += x[from + i];
      }
      for (int i = STEPS - 1; i >= 0; i--) {
        x[to + i] = x[from + i] * power(i % STEPS_PER_INT);
      }
      x[to + STEPS] = -ZERO_POINT * sum;
    }
  }

  /** What a step's q is multiplied by where it lies; the last is shifted, lest it be a sign. */
  private static float power(int step) {
    return step == STEPS_PER_INT - 1 ? 1 : 1f / (1 << (4 * step));
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
      FloatVector evenA = FloatVector.broadcast(F, x[xi + STEPS]);
      FloatVector evenB = evenA;
      FloatVector oddA = FloatVector.zero(F);
      FloatVector oddB = FloatVector.zero(F);
      for (long at = SCALE_BYTES; at < BLOCK_BYTES; at += INTS_BYTES) {
        IntVector a = IntVector.fromMemorySegment(I, w, block + at, LITTLE_ENDIAN);
        IntVector b = IntVector.fromMemorySegment(I, w, block + at + 4 * LENGTH, LITTLE_ENDIAN);
        FloatVector x0 = FloatVector.broadcast(F, x[xi]);
        FloatVector a0 = (FloatVector) a.and(0xf).convert(I2F, 0);
        evenA = x0.fma(a0, evenA);
        FloatVector b0 = (FloatVector) b.and(0xf).convert(I2F, 0);
        evenB = x0.fma(b0, evenB);
        FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
        FloatVector a1 = (FloatVector) a.and(0xf0).convert(I2F, 0);
        oddA = x1.fma(a1, oddA);
        FloatVector b1 = (FloatVector) b.and(0xf0).convert(I2F, 0);
        oddB = x1.fma(b1, oddB);
        FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
        FloatVector a2 = (FloatVector) a.and(0xf00).convert(I2F, 0);
        evenA = x2.fma(a2, evenA);
        FloatVector b2 = (FloatVector) b.and(0xf00).convert(I2F, 0);
        evenB = x2.fma(b2, evenB);
        FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
        FloatVector a3 = (FloatVector) a.and(0xf000).convert(I2F, 0);
        oddA = x3.fma(a3, oddA);
        FloatVector b3 = (FloatVector) b.and(0xf000).convert(I2F, 0);
        oddB = x3.fma(b3, oddB);
        FloatVector x4 = FloatVector.broadcast(F, x[xi + 4]);
        FloatVector a4 = (FloatVector) a.and(0xf0000).convert(I2F, 0);
        evenA = x4.fma(a4, evenA);
        FloatVector b4 = (FloatVector) b.and(0xf0000).convert(I2F, 0);
        evenB = x4.fma(b4, evenB);
        FloatVector x5 = FloatVector.broadcast(F, x[xi + 5]);
        FloatVector a5 = (FloatVector) a.and(0xf00000).convert(I2F, 0);
        oddA = x5.fma(a5, oddA);
        FloatVector b5 = (FloatVector) b.and(0xf00000).convert(I2F, 0);
        oddB = x5.fma(b5, oddB);
        FloatVector x6 = FloatVector.broadcast(F, x[xi + 6]);
        FloatVector a6 = (FloatVector) a.and(0xf000000).convert(I2F, 0);
        evenA = x6.fma(a6, evenA);
        FloatVector b6 = (FloatVector) b.and(0xf000000).convert(I2F, 0);
        evenB = x6.fma(b6, evenB);
        FloatVector x7 = FloatVector.broadcast(F, x[xi + 7]);
        FloatVector a7 = (FloatVector) a.lanewise(LSHR, 28).convert(I2F, 0);
        oddA = x7.fma(a7, oddA);
        FloatVector b7 = (FloatVector) b.lanewise(LSHR, 28).convert(I2F, 0);
        oddB = x7.fma(b7, oddB);
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
      xi++;
      block += BLOCK_BYTES;
    }
  }
}
