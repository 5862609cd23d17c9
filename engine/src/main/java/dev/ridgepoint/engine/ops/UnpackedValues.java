package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PanelFormats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One worker's memory for the values of a chunk of positions, as panels of F32, where a cache has
 * them in its keys: there positions stand side by side, and a product with values needs their
 * elements so.
 */
final class UnpackedValues {
  private static final long PANEL_BYTES = PanelFormats.F32.bytes(Blocking.ATTENTION_CHUNK);

  private MemorySegment segment = MemorySegment.NULL;
  private float[] value = new float[0];

  /** Unpacks those of {@code count} positions, which begin with a panel, until the next call. */
  void of(KvCache cache, int layer, int head, int position, int count) {
    int valueDim = cache.valueDim();
    long bytes = Math.ceilDiv(valueDim, Blocking.PANEL) * PANEL_BYTES;
    if (segment.byteSize() < bytes) {
      segment = Arena.ofAuto().allocate(bytes, Tensor.ALIGNMENT_BYTES);
      value = new float[valueDim];
    }
    for (int step = 0; step < count; step++) {
      cache.readValue(layer, head, position + step, value);
      for (int element = 0; element < valueDim; element += Blocking.PANEL) {
        PanelFormats.F32.writeStep(
            value,
            element,
            Math.min(Blocking.PANEL, valueDim - element),
            segment,
            element / Blocking.PANEL * PANEL_BYTES,
            step);
      }
    }
  }

  MemorySegment segment() {
    return segment;
  }

  /** From one panel to the next. */
  long panelBytes() {
    return PANEL_BYTES;
  }
}
