package dev.ridgepoint.engine.kernels;

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
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.ridgepoint.engine.formats.Q8Codec;
import dev.ridgepoint.engine.formats.RowCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Panels of {@link Q8Codec}'s blocks. Behind its scales a block holds {@code [STEPS/4][2][LENGTH]}
 * ints: four steps of one column each, the first in the lowest byte. Two shifts make a step's
 * lanes, whatever the width of the vectors.
 */
final class PanelsQ8 implements StreamedFormat {
  private static final int STEPS_PER_INT = 4;
  private static final int INTS_BYTES = 4 * PANEL;
  private static final long BLOCK_BYTES = SCALE_BYTES + (long) STEPS / STEPS_PER_INT * INTS_BYTES;
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
    MemorySegment encoded = QuantisedPanels.encode(RowCodec.Q8_0, rows, PANEL * depth);
    long from = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k += STEPS) {
        long block = panelOffset + bytes(k);
        QuantisedPanels.setScale(panel, block, column, encoded.get(SCALE, from));
        for (int i = 0; i < STEPS; i++) {
          byte q = encoded.get(JAVA_BYTE, from + Q8Codec.QUANTS_OFFSET + i);
          panel.set(JAVA_BYTE, at(block, i, column), q);
        }
        from += Q8Codec.BLOCK_BYTES;
      }
    }
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      long block = panelOffset + bytes(k);
      float scale = QuantisedPanels.scale(panel, block, column);
      target[k] = scale * panel.get(JAVA_BYTE, at(block, k % STEPS, column));
    }
  }

  private static long at(long block, int step, int column) {
    long ints = block + SCALE_BYTES + (long) step / STEPS_PER_INT * INTS_BYTES;
    return ints + 4L * column + step % STEPS_PER_INT;
  }

  @Override
  public void unpack(MemorySegment panel, long panelOffset, int from, int depth, float[] target) {
    int to = 0;
    for (int k = 0; k < depth; k += STEPS) {
      long block = panelOffset + bytes(from + k);
      IntVector scales = load(panel, block);
      FloatVector low = lowScales(scales);
      FloatVector high = highScales(scales);
      for (int i = 0; i < STEPS; i += STEPS_PER_INT) {
        long ints = at(block, i, 0);
        unpack(load(panel, ints), low, target, to);
        unpack(load(panel, ints + 4L * LENGTH), high, target, to + LENGTH);
        to += STEPS_PER_INT * PANEL;
      }
    }
  }

  private static void unpack(IntVector ints, FloatVector scales, float[] target, int to) {
    step0(ints).mul(scales).intoArray(target, to);
    step1(ints).mul(scales).intoArray(target, to + PANEL);
    step2(ints).mul(scales).intoArray(target, to + 2 * PANEL);
    step3(ints).mul(scales).intoArray(target, to + 3 * PANEL);
  }

  private static FloatVector step0(IntVector ints) {
    return floats(ints.lanewise(LSHL, 24).lanewise(ASHR, 24));
  }

  private static FloatVector step1(IntVector ints) {
    return floats(ints.lanewise(LSHL, 16).lanewise(ASHR, 24));
  }

  private static FloatVector step2(IntVector ints) {
    return floats(ints.lanewise(LSHL, 8).lanewise(ASHR, 24));
  }

  private static FloatVector step3(IntVector ints) {
    return floats(ints.lanewise(ASHR, 24));
  }

  private static FloatVector floats(IntVector ints) {
    return (FloatVector) ints.convert(I2F, 0);
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
      FloatVector c0a = FloatVector.zero(F);
      FloatVector c0b = FloatVector.zero(F);
      FloatVector c1a = FloatVector.zero(F);
      FloatVector c1b = FloatVector.zero(F);
      FloatVector c2a = FloatVector.zero(F);
      FloatVector c2b = FloatVector.zero(F);
      FloatVector c3a = FloatVector.zero(F);
      FloatVector c3b = FloatVector.zero(F);
      for (long at = SCALE_BYTES; at < BLOCK_BYTES; at += INTS_BYTES) {
        FloatVector x0 = FloatVector.broadcast(F, x[xi]);
        FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
        FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
        FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
        xi += STEPS_PER_INT;
        c0a = dot(load(w, block0 + at), x0, x1, x2, x3, c0a);
        c0b = dot(load(w, block0 + at + 4 * LENGTH), x0, x1, x2, x3, c0b);
        c1a = dot(load(w, block1 + at), x0, x1, x2, x3, c1a);
        c1b = dot(load(w, block1 + at + 4 * LENGTH), x0, x1, x2, x3, c1b);
        c2a = dot(load(w, block2 + at), x0, x1, x2, x3, c2a);
        c2b = dot(load(w, block2 + at + 4 * LENGTH), x0, x1, x2, x3, c2b);
        c3a = dot(load(w, block3 + at), x0, x1, x2, x3, c3a);
        c3b = dot(load(w, block3 + at + 4 * LENGTH), x0, x1, x2, x3, c3b);
      }
      scaleAndAdd(w, block0, c0a, c0b, c, cOffset);
      scaleAndAdd(w, block1, c1a, c1b, c, cOffset + PANEL);
      scaleAndAdd(w, block2, c2a, c2b, c, cOffset + 2 * PANEL);
      scaleAndAdd(w, block3, c3a, c3b, c, cOffset + 3 * PANEL);
      block0 += BLOCK_BYTES;
    }
  }

  private static void onePanel(
      float[] x, int xOffset, MemorySegment w, long wOffset, int depth, float[] c, int cOffset) {
    int xi = xOffset;
    long block = wOffset;
    for (int k = 0; k < depth; k += STEPS) {
      FloatVector ca = FloatVector.zero(F);
      FloatVector cb = FloatVector.zero(F);
      for (long at = SCALE_BYTES; at < BLOCK_BYTES; at += INTS_BYTES) {
        FloatVector x0 = FloatVector.broadcast(F, x[xi]);
        FloatVector x1 = FloatVector.broadcast(F, x[xi + 1]);
        FloatVector x2 = FloatVector.broadcast(F, x[xi + 2]);
        FloatVector x3 = FloatVector.broadcast(F, x[xi + 3]);
        xi += STEPS_PER_INT;
        ca = dot(load(w, block + at), x0, x1, x2, x3, ca);
        cb = dot(load(w, block + at + 4 * LENGTH), x0, x1, x2, x3, cb);
      }
      scaleAndAdd(w, block, ca, cb, c, cOffset);
      block += BLOCK_BYTES;
    }
  }

  private static FloatVector dot(
      IntVector ints,
      FloatVector x0,
      FloatVector x1,
      FloatVector x2,
      FloatVector x3,
      FloatVector sums) {
    FloatVector first = x1.fma(step1(ints), x0.fma(step0(ints), sums));
    return x3.fma(step3(ints), x2.fma(step2(ints), first));
  }
}
