package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.PanelLayout.SCALE_BYTES;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.codecs.Q5Codec;
import dev.ridgepoint.engine.kernels.BlockIntegers;
import dev.ridgepoint.engine.kernels.SuperBlockScales;
import java.lang.foreign.MemorySegment;

/** Panels of Q5_0: before the integers of a block lie its scales, as in {@link QuantisedPanels}. */
final class PanelsQ5 extends ScaledBlockPanels {
  PanelsQ5() {
    super(DType.Q5_0.decoder(), BlockIntegers.OF_5_BITS, SCALE_BYTES, Q5Codec.ZERO_POINT, false);
  }

  @Override
  void packHeader(MemorySegment rows, long rowBlock, MemorySegment panel, long header, int column) {
    panel.set(SHORT, PanelsBf16.at(header, 0, column), PanelsF16.finite(rows, rowBlock));
  }

  @Override
  int integer(MemorySegment rows, long rowBlock, int i) {
    return Q5Codec.quant(rows, rowBlock, i);
  }

  @Override
  float scale(MemorySegment panel, long header, int column, int block) {
    return Float.float16ToFloat(panel.get(SHORT, PanelsBf16.at(header, 0, column)));
  }

  @Override
  float minimum(MemorySegment panel, long header, int column, int block) {
    return 0;
  }

  @Override
  void unpackScales(MemorySegment panel, long header, float[] target, int to, int stride) {
    SuperBlockScales.unpackHalves(panel, header, target, to);
  }
}
