package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.formats.Q4Codec.ZERO_POINT;
import static dev.ridgepoint.engine.kernels.Lanes.F;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static dev.ridgepoint.engine.kernels.QuantisedPanels.SCALE_BYTES;
import static dev.ridgepoint.engine.kernels.QuantisedPanels.STEPS;
import static dev.ridgepoint.engine.kernels.QuantisedPanels.highScales;
import static dev.ridgepoint.engine.kernels.QuantisedPanels.load;
import static dev.ridgepoint.engine.kernels.QuantisedPanels.lowScales;
import static dev.ridgepoint.engine.kernels.QuantisedPanels.scaleAndAdd;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.ridgepoint.engine.formats.Q4Codec;
import dev.ridgepoint.engine.formats.RowCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
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
final class PanelsQ4 implements StreamedFormat {
  private static final int STEPS_PER_INT = 8;
  private static final int INTS_BYTES = 4 * PANEL;
  private static final long BLOCK_BYTES = SCALE_BYTES + (long) STEPS / STEPS_PER_INT * INTS_BYTES;
  private static final int PREPARED_STEPS = STEPS + 1;
  private static final int HALF_BYTE = 0xf;
  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public int blockSteps() {
    return STEPS;
  }

  @Override
  public long bytes(int steps) {
    return steps / STEPS * BLOCK_BYTES;
  }

  @Override
  public int streamedRows() {
    return 1;
  }

  @Override
  public void pack(float[] rows, int depth, MemorySegment panel, long panelOffset) {
    MemorySegment encoded = QuantisedPanels.encode(RowCodec.Q4_0, rows, PANEL * depth);
    panel.asSlice(panelOffset, bytes(depth)).fill((byte) 0);
    long from = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k += STEPS) {
        long block = panelOffset + bytes(k);
        QuantisedPanels.setScale(panel, block, column, encoded.get(SCALE, from));
        for (int i = 0; i < STEPS; i++) {
          int q = Q4Codec.quant(encoded, from, i);
          long at = at(block, i, column);
          panel.set(JAVA_BYTE, at, (byte) (panel.get(JAVA_BYTE, at) | (q << shift(i))));
        }
        from += Q4Codec.BLOCK_BYTES;
      }
    }
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      long block = panelOffset + bytes(k);
      float scale = QuantisedPanels.scale(panel, block, column);
      int q = panel.get(JAVA_BYTE, at(block, k % STEPS, column)) >> shift(k) & HALF_BYTE;
      target[k] = scale * (q - ZERO_POINT);
    }
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

  @Override
  public void unpack(MemorySegment panel, long panelOffset, int from, int depth, float[] target) {
    int to = 0;
    for (int k = 0; k < depth; k += STEPS) {
      long block = panelOffset + bytes(from + k);
      IntVector scales = load(panel, block);
      FloatVector low = lowScales(scales);
      FloatVector high = highScales(scales);
      FloatVector lowZero = low.mul(-ZERO_POINT);
      FloatVector highZero = high.mul(-ZERO_POINT);
      for (int i = 0; i < STEPS; i += STEPS_PER_INT) {
        long ints = at(block, i, 0);
        unpack(load(panel, ints), low, lowZero, target, to);
        unpack(load(panel, ints + 4L * LENGTH), high, highZero, target, to + LENGTH);
        to += STEPS_PER_INT * PANEL;
      }
    }
  }

  /** {@code q * scale - 8 * scale}, which is exact. */
  private static void unpack(
      IntVector ints, FloatVector scales, FloatVector zero, float[] target, int to) {
    step(ints).fma(scales, zero).intoArray(target, to);
    step(ints.lanewise(LSHR, 4)).fma(scales, zero).intoArray(target, to + PANEL);
    step(ints.lanewise(LSHR, 8)).fma(scales, zero).intoArray(target, to + 2 * PANEL);
    step(ints.lanewise(LSHR, 12)).fma(scales, zero).intoArray(target, to + 3 * PANEL);
    step(ints.lanewise(LSHR, 16)).fma(scales, zero).intoArray(target, to + 4 * PANEL);
    step(ints.lanewise(LSHR, 20)).fma(scales, zero).intoArray(target, to + 5 * PANEL);
    step(ints.lanewise(LSHR, 24)).fma(scales, zero).intoArray(target, to + 6 * PANEL);
    floats(ints.lanewise(LSHR, 28)).fma(scales, zero).intoArray(target, to + 7 * PANEL);
  }

  private static FloatVector step(IntVector ints) {
    return floats(ints.and(HALF_BYTE));
  }

  private static FloatVector floats(IntVector ints) {
    return (FloatVector) ints.convert(I2F, 0);
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
    if (panels == 4) {
      fourPanels(x, xOffset, w, wOffset, panelBytes, depth, c, cOffset);
    } else {
      for (int i = 0; i < panels; i++) {
        onePanel(x, xOffset, w, wOffset + i * panelBytes, depth, c, cOffset + i * PANEL);
      }
    }
  }

  private static void fourPanels(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset) {
    int xi = xOffset;
    long block0 = wOffset;
    for (int k = 0; k < depth; k += STEPS) {
      long block1 = block0 + panelBytes;
      long block2 = block1 + panelBytes;
      long block3 = block2 + panelBytes;
      FloatVector zero = FloatVector.broadcast(F, x[xi + STEPS]);
      FloatVector c0a = zero;
      FloatVector c0b = zero;
      FloatVector c1a = zero;
      FloatVector c1b = zero;
      FloatVector c2a = zero;
      FloatVector c2b = zero;
      FloatVector c3a = zero;
      FloatVector c3b = zero;
      for (long at = SCALE_BYTES; at < BLOCK_BYTES; at += INTS_BYTES) {
        FloatVector x0 = FloatVector.broadcast(F, x[xi]);
        FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
        FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
        FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
        FloatVector x4 = FloatVector.broadcast(F, x[xi + 4]);
        FloatVector x5 = FloatVector.broadcast(F, x[xi + 5]);
        FloatVector x6 = FloatVector.broadcast(F, x[xi + 6]);
        FloatVector x7 = FloatVector.broadcast(F, x[xi + 7]);
        xi += STEPS_PER_INT;
        IntVector w0a = load(w, block0 + at);
        c0a = dotHigh(w0a, x4, x5, x6, x7, dotLow(w0a, x0, x1, x2, x3, c0a));
        IntVector w0b = load(w, block0 + at + 4 * LENGTH);
        c0b = dotHigh(w0b, x4, x5, x6, x7, dotLow(w0b, x0, x1, x2, x3, c0b));
        IntVector w1a = load(w, block1 + at);
        c1a = dotHigh(w1a, x4, x5, x6, x7, dotLow(w1a, x0, x1, x2, x3, c1a));
        IntVector w1b = load(w, block1 + at + 4 * LENGTH);
        c1b = dotHigh(w1b, x4, x5, x6, x7, dotLow(w1b, x0, x1, x2, x3, c1b));
        IntVector w2a = load(w, block2 + at);
        c2a = dotHigh(w2a, x4, x5, x6, x7, dotLow(w2a, x0, x1, x2, x3, c2a));
        IntVector w2b = load(w, block2 + at + 4 * LENGTH);
        c2b = dotHigh(w2b, x4, x5, x6, x7, dotLow(w2b, x0, x1, x2, x3, c2b));
        IntVector w3a = load(w, block3 + at);
        c3a = dotHigh(w3a, x4, x5, x6, x7, dotLow(w3a, x0, x1, x2, x3, c3a));
        IntVector w3b = load(w, block3 + at + 4 * LENGTH);
        c3b = dotHigh(w3b, x4, x5, x6, x7, dotLow(w3b, x0, x1, x2, x3, c3b));
      }
      scaleAndAdd(w, block0, c0a, c0b, c, cOffset);
      scaleAndAdd(w, block1, c1a, c1b, c, cOffset + PANEL);
      scaleAndAdd(w, block2, c2a, c2b, c, cOffset + 2 * PANEL);
      scaleAndAdd(w, block3, c3a, c3b, c, cOffset + 3 * PANEL);
      xi++;
      block0 += BLOCK_BYTES;
    }
  }

  private static void onePanel(
      float[] x, int xOffset, MemorySegment w, long wOffset, int depth, float[] c, int cOffset) {
    int xi = xOffset;
    long block = wOffset;
    for (int k = 0; k < depth; k += STEPS) {
      FloatVector ca = FloatVector.broadcast(F, x[xi + STEPS]);
      FloatVector cb = ca;
      for (long at = SCALE_BYTES; at < BLOCK_BYTES; at += INTS_BYTES) {
        FloatVector x0 = FloatVector.broadcast(F, x[xi]);
        FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
        FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
        FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
        FloatVector x4 = FloatVector.broadcast(F, x[xi + 4]);
        FloatVector x5 = FloatVector.broadcast(F, x[xi + 5]);
        FloatVector x6 = FloatVector.broadcast(F, x[xi + 6]);
        FloatVector x7 = FloatVector.broadcast(F, x[xi + 7]);
        xi += STEPS_PER_INT;
        IntVector wa = load(w, block + at);
        ca = dotHigh(wa, x4, x5, x6, x7, dotLow(wa, x0, x1, x2, x3, ca));
        IntVector wb = load(w, block + at + 4 * LENGTH);
        cb = dotHigh(wb, x4, x5, x6, x7, dotLow(wb, x0, x1, x2, x3, cb));
      }
      scaleAndAdd(w, block, ca, cb, c, cOffset);
      xi++;
      block += BLOCK_BYTES;
    }
  }

  private static FloatVector dotLow(
      IntVector ints,
      FloatVector x0,
      FloatVector x1,
      FloatVector x2,
      FloatVector x3,
      FloatVector sums) {
    FloatVector c0 = x0.fma(floats(ints.and(0xf)), sums);
    FloatVector c1 = x1.fma(floats(ints.and(0xf0)), c0);
    FloatVector c2 = x2.fma(floats(ints.and(0xf00)), c1);
    return x3.fma(floats(ints.and(0xf000)), c2);
  }

  private static FloatVector dotHigh(
      IntVector ints,
      FloatVector x4,
      FloatVector x5,
      FloatVector x6,
      FloatVector x7,
      FloatVector sums) {
    FloatVector c4 = x4.fma(floats(ints.and(0xf0000)), sums);
    FloatVector c5 = x5.fma(floats(ints.and(0xf00000)), c4);
    FloatVector c6 = x6.fma(floats(ints.and(0xf000000)), c5);
    return x7.fma(floats(ints.lanewise(LSHR, 28)), c6);
  }
}
