package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Lanes.I;
import static dev.ridgepoint.engine.kernels.Lanes.LENGTH;
import static dev.ridgepoint.engine.kernels.Lanes.PANEL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.ridgepoint.engine.formats.RowCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * What the panels of GGUF's quantised blocks share: for each {@link #STEPS} steps first the scales
 * of all columns, then the steps, as many bytes as the blocks of as many rows have. Scales lie as
 * in {@link PanelsBf16}: lane j holds that of column j in its lower half and that of column j +
 * LENGTH in its upper half. The integers of a step lie in ints, several steps of one column each.
 */
abstract sealed class QuantisedPanels implements StreamedFormat permits PanelsQ8, PanelsQ4 {
  /** Steps that share a scale, in every format. */
  static final int STEPS = 32;

  /** Bytes of a block's scales. */
  static final int SCALE_BYTES = 2 * PANEL;

  /** Bytes of the ints that hold as many steps of all columns as fit into one. */
  static final int INTS_BYTES = 4 * PANEL;

  /** Bytes of an unpacked step. */
  static final long STEP = 4L * PANEL;

  /** Bytes of an unpacked step's lower columns. */
  static final long HALF_STEP = 4L * LENGTH;

  /** Sign, exponent and mantissa of an F16 that was shifted to where an F32 has them. */
  static final int SHIFTED_BITS = 0x8fffe000;

  /** 2 to the difference of the exponents' biases, 127 - 15. */
  static final float BIAS = 0x1p112f;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private final RowCodec codec;

  /** Panels of rows in {@code codec}, whose blocks begin with their scale. */
  QuantisedPanels(RowCodec codec) {
    this.codec = codec;
  }

  /** Copies number {@code step} of a row's block to a column of a panel's block. */
  abstract void setQuant(
      MemorySegment row, long rowBlock, int step, MemorySegment panel, long block, int column);

  /** A number of a panel's block, before it is scaled. */
  abstract int quant(MemorySegment panel, long block, int step, int column);

  @Override
  public int blockSteps() {
    return STEPS;
  }

  @Override
  public long bytes(int steps) {
    return (long) steps / STEPS * PANEL * codec.blockBytes();
  }

  @Override
  public int streamedRows() {
    return 1;
  }

  @Override
  public int sideBySide(int rows) {
    return 1; // as many sums as vectors hide the latency within one panel
  }

  @Override
  public void pack(float[] rows, int depth, MemorySegment panel, long panelOffset) {
    int blocks = depth / STEPS;
    MemorySegment encoded = MemorySegment.ofArray(new byte[PANEL * blocks * codec.blockBytes()]);
    codec.encode(rows, 0, PANEL * depth, encoded, 0);
    panel.asSlice(panelOffset, bytes(depth)).fill((byte) 0);
    long rowBlock = 0;
    for (int column = 0; column < PANEL; column++) {
      for (int k = 0; k < depth; k += STEPS) {
        long block = panelOffset + bytes(k);
        panel.set(SHORT, scaleAt(block, column), encoded.get(SHORT, rowBlock));
        for (int step = 0; step < STEPS; step++) {
          setQuant(encoded, rowBlock, step, panel, block, column);
        }
        rowBlock += codec.blockBytes();
      }
    }
  }

  @Override
  public void readColumn(
      MemorySegment panel, long panelOffset, int column, int depth, float[] target) {
    for (int k = 0; k < depth; k++) {
      long block = panelOffset + bytes(k);
      float scale = Float.float16ToFloat(panel.get(SHORT, scaleAt(block, column)));
      target[k] = scale * quant(panel, block, k % STEPS, column);
    }
  }

  private static long scaleAt(long block, int column) {
    return block + 4L * (column % LENGTH) + (column < LENGTH ? 0 : 2);
  }

  /** Scales of the lower columns. Right for finite numbers, subnormal ones included. */
  static FloatVector lowScales(IntVector pairs) {
    return scales(pairs.lanewise(LSHL, 16));
  }

  /** Scales of the upper columns. */
  static FloatVector highScales(IntVector pairs) {
    return scales(pairs);
  }

  private static FloatVector scales(IntVector upperHalves) {
    return upperHalves.lanewise(ASHR, 3).and(SHIFTED_BITS).reinterpretAsFloats().mul(BIAS);
  }

  static IntVector load(MemorySegment panel, long offset) {
    return IntVector.fromMemorySegment(I, panel, offset, LITTLE_ENDIAN);
  }
}
