package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PanelFormats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One worker's memory for the values of a chunk of positions, as panels of F32, where a cache has
 * them in its keys: there positions stand side by side, and a product with values needs their
 * elements so. They are transposed block by block, each of which an L1 cache holds.
 */
final class UnpackedValues {
  private static final int PANEL = Blocking.PANEL;
  private static final long PANEL_BYTES = PanelFormats.F32.bytes(Blocking.ATTENTION_CHUNK);

  private final float[] block = new float[PANEL * PANEL];
  private float[] keys = new float[0];
  private MemorySegment segment = MemorySegment.NULL;

  /** Unpacks those of {@code count} positions, which begin with a panel, until the next call. */
  void of(KvCache cache, int layer, int head, int position, int count) {
    int valueDim = cache.valueDim();
    long bytes = Math.ceilDiv(valueDim, PANEL) * PANEL_BYTES;
    if (segment.byteSize() < bytes) {
      segment = Arena.ofAuto().allocate(bytes, Tensor.ALIGNMENT_BYTES);
      keys = new float[valueDim * Blocking.LOOP_COLUMNS];
    }
    for (int step = 0; step < count; step += PANEL) {
      cache.unpackKeys(layer, head, position + step, valueDim, keys);
      int steps = Math.min(PANEL, count - step);
      for (int element = 0; element < valueDim; element += PANEL) {
        transpose(element, Math.min(PANEL, valueDim - element), steps);
        long to = element / PANEL * PANEL_BYTES + (long) Float.BYTES * step * PANEL;
        MemorySegment.copy(block, 0, segment, JAVA_FLOAT, to, steps * PANEL);
      }
    }
  }

  private void transpose(int first, int elements, int steps) {
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < elements; i++) {
        block[step * PANEL + i] = keys[(first + i) * Blocking.LOOP_COLUMNS + step];
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
