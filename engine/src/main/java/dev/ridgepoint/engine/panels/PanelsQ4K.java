package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;

import dev.ridgepoint.engine.codecs.Q4KDecoder;
import dev.ridgepoint.engine.kernels.BlockIntegers;
import dev.ridgepoint.engine.kernels.BlockUnpacking;
import java.lang.foreign.MemorySegment;

/**
 * Panels of Q4_K and Q5_K. Before the integers lie four ints of each column: one with the factor of
 * the scales in its lower half and that of the minima in its upper half; three with the scales and
 * behind them the minima, six bits each, laid out as {@link BlockIntegers#OF_6_BITS}.
 */
final class PanelsQ4K extends ScaledBlockPanels {
  private static final int BLOCKS = 8;
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
    int[] scales = new int[2 * BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
      scales[block] = decoder.scaleBits(rows, rowBlock, block);
      scales[BLOCKS + block] = decoder.minimumBits(rows, rowBlock, block);
    }
    BlockIntegers.OF_6_BITS.pack(scales, panel, at + INTS_BYTES);
  }

  @Override
  int integer(MemorySegment rows, long rowBlock, int i) {
    return decoder.bits(rows, rowBlock, i);
  }

  @Override
  float scale(MemorySegment panel, long header, int column, int block) {
    long at = header + 4L * column;
    return Float.float16ToFloat(panel.get(SHORT, at)) * sixBits(panel, at, block);
  }

  @Override
  float minimum(MemorySegment panel, long header, int column, int block) {
    long at = header + 4L * column;
    return Float.float16ToFloat(panel.get(SHORT, at + Short.BYTES))
        * sixBits(panel, at, BLOCKS + block);
  }

  private static int sixBits(MemorySegment panel, long at, int i) {
    return BlockIntegers.OF_6_BITS.read(panel, at + INTS_BYTES, i);
  }

  @Override
  void unpackScales(MemorySegment panel, long header, float[] target, int to, int stride) {
    BlockUnpacking.unpackScales(panel, header, target, to, stride);
  }
}
