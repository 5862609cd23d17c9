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
 * LENGTH in its upper half.
 */
final class QuantisedPanels {
  /** Steps that share a scale, in every format. */
  static final int STEPS = 32;

  /** Bytes of a block's scales. */
  static final int SCALE_BYTES = 2 * PANEL;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** Sign, exponent and mantissa of an F16 that was shifted to where an F32 has them. */
  static final int SHIFTED_BITS = 0x8fffe000;

  /** 2 to the difference of the exponents' biases, 127 - 15. */
  static final float BIAS = 0x1p112f;

  private QuantisedPanels() {}

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

  static void setScale(MemorySegment panel, long block, int column, short bits) {
    panel.set(SHORT, scaleAt(block, column), bits);
  }

  static float scale(MemorySegment panel, long block, int column) {
    return Float.float16ToFloat(panel.get(SHORT, scaleAt(block, column)));
  }

  private static long scaleAt(long block, int column) {
    return block + 4L * (column % LENGTH) + (column < LENGTH ? 0 : 2);
  }

  /** Rows in GGUF's blocks, to be moved to a panel. */
  static MemorySegment encode(RowCodec codec, float[] rows, int count) {
    MemorySegment encoded =
        MemorySegment.ofArray(new byte[count / codec.blockElements() * codec.blockBytes()]);
    codec.encode(rows, 0, count, encoded, 0);
    return encoded;
  }
}
