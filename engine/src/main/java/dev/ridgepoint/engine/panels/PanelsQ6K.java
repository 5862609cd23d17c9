package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static dev.ridgepoint.engine.kernels.PanelLayout.SCALE_BYTES;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ridgepoint.engine.codecs.Q6KDecoder;
import dev.ridgepoint.engine.kernels.BlockIntegers;
import dev.ridgepoint.engine.kernels.SuperBlockScales;
import java.lang.foreign.MemorySegment;

/**
 * Panels of Q6_K. Before the integers lie the factors of all columns, as the scales in {@link
 * QuantisedPanels}, and four ints of each column with four scales each.
 */
final class PanelsQ6K extends ScaledBlockPanels {
  private static final int BLOCKS = 16;
  private static final int ZERO = 32;

  private final Q6KDecoder decoder;

  PanelsQ6K() {
    this(new Q6KDecoder());
  }

  private PanelsQ6K(Q6KDecoder decoder) {
    super(decoder, BlockIntegers.OF_6_BITS, SCALE_BYTES + BLOCKS / 4L * INTS_BYTES, ZERO, false);
    this.decoder = decoder;
  }

  @Override
  void packHeader(MemorySegment rows, long rowBlock, MemorySegment panel, long header, int column) {
    panel.set(
        SHORT,
        PanelsBf16.at(header, 0, column),
        PanelsF16.finite(rows, rowBlock + Q6KDecoder.FACTOR_OFFSET));
    for (int block = 0; block < BLOCKS; block++) {
      byte scale = rows.get(JAVA_BYTE, rowBlock + Q6KDecoder.SCALES_OFFSET + block);
      panel.set(JAVA_BYTE, scaleAt(header, column, block), scale);
    }
  }

  private static long scaleAt(long header, int column, int block) {
    return header + SCALE_BYTES + block / 4L * INTS_BYTES + 4L * column + block % 4;
  }

  @Override
  int integer(MemorySegment rows, long rowBlock, int i) {
    return decoder.bits(rows, rowBlock, i);
  }

  @Override
  float scale(MemorySegment panel, long header, int column, int block) {
    return Float.float16ToFloat(panel.get(SHORT, PanelsBf16.at(header, 0, column)))
        * panel.get(JAVA_BYTE, scaleAt(header, column, block));
  }

  @Override
  float minimum(MemorySegment panel, long header, int column, int block) {
    return 0;
  }

  @Override
  void unpackScales(MemorySegment panel, long header, float[] target, int to, int stride) {
    SuperBlockScales.unpackBytes(panel, header, target, to, stride);
  }
}
