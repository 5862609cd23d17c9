package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;

import dev.ridgepoint.engine.codecs.Q4KDecoder;
import dev.ridgepoint.engine.kernels.BlockIntegers;
import dev.ridgepoint.engine.kernels.SuperBlockScales;
import java.lang.foreign.MemorySegment;

/**
 * Panels of Q4_K and Q5_K. Before the integers lie ints of each column: one with the factor of the
 * scales in its lower half and that of the minima in its upper half; three with four bits of each
 * block, of the scale's lower four, the minimum's lower four, and the upper two of both.
 */
final class PanelsQ4K extends ScaledBlockPanels {
  private static final int BLOCKS = 8;
  private static final long SCALES_OFFSET = INTS_BYTES;
  private static final long MINIMA_OFFSET = 2L * INTS_BYTES;
  private static final long UPPER_OFFSET = 3L * INTS_BYTES;
  private static final long HEADER_BYTES = 4L * INTS_BYTES;

  private final Q4KDecoder decoder;

  private PanelsQ4K(Q4KDecoder decoder, BlockIntegers integers) {
    super(decoder, integers, HEADER_BYTES, 0, true);
    this.decoder = decoder;
  }

  static PanelsQ4K ofFourBits() {
    return new PanelsQ4K(Q4KDecoder.ofFourBits(), BlockIntegers.OF_4_BITS);
  }

  static PanelsQ4K ofFiveBits() {
    return new PanelsQ4K(Q4KDecoder.ofFiveBits(), BlockIntegers.OF_5_BITS);
  }

  @Override
  void packHeader(MemorySegment rows, long rowBlock, MemorySegment panel, long header, int column) {
    long at = header + 4L * column;
    panel.set(SHORT, at, PanelsF16.finite(rows, rowBlock));
    panel.set(SHORT, at + Short.BYTES, PanelsF16.finite(rows, rowBlock + Short.BYTES));
    int scales = 0;
    int minima = 0;
    int upper = 0;
    for (int block = 0; block < BLOCKS; block++) {
      int scale = decoder.scaleBits(rows, rowBlock, block);
      int minimum = decoder.minimumBits(rows, rowBlock, block);
      scales |= (scale & 0xf) << (4 * block);
      minima |= (minimum & 0xf) << (4 * block);
      upper |= (scale >> 4 | minimum >> 4 << 2) << (4 * block);
    }
    panel.set(INT, at + SCALES_OFFSET, scales);
    panel.set(INT, at + MINIMA_OFFSET, minima);
    panel.set(INT, at + UPPER_OFFSET, upper);
  }

  @Override
  int integer(MemorySegment rows, long rowBlock, int i) {
    return decoder.bits(rows, rowBlock, i);
  }

  @Override
  float scale(MemorySegment panel, long header, int column, int block) {
    long at = header + 4L * column;
    int low = panel.get(INT, at + SCALES_OFFSET) >>> (4 * block) & 0xf;
    int upper = panel.get(INT, at + UPPER_OFFSET) >>> (4 * block) & 0x3;
    return Float.float16ToFloat(panel.get(SHORT, at)) * (low | upper << 4);
  }

  @Override
  float minimum(MemorySegment panel, long header, int column, int block) {
    long at = header + 4L * column;
    int low = panel.get(INT, at + MINIMA_OFFSET) >>> (4 * block) & 0xf;
    int upper = panel.get(INT, at + UPPER_OFFSET) >>> (4 * block) & 0xc;
    return Float.float16ToFloat(panel.get(SHORT, at + Short.BYTES)) * (low | upper << 2);
  }

  @Override
  void unpackScales(MemorySegment panel, long header, float[] target, int to, int stride) {
    SuperBlockScales.unpackSixBits(panel, header, target, to, stride);
  }
}
