package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KeyValueFormat;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PanelFormats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The panels of a head's keys or values of some positions of a page, as products read them: where
 * they lie, or unpacked to floats in one worker's memory. Quantised ones are unpacked, and so are
 * values that are parts of keys: there positions stand side by side, and a product with values
 * needs their elements so.
 */
final class HeadPanels {
  private MemorySegment unpacked = MemorySegment.NULL;
  private float[] value = new float[0];

  private KeyValueFormat format;
  private MemorySegment segment;
  private long offset;
  private long panelBytes;

  /** Finds the keys of {@code count} positions, which begin with a panel, until the next call. */
  void ofKeys(KvCache cache, int layer, int head, int position, int count) {
    if (cache.isQuantised()) {
      int panels = Math.ceilDiv(count, Blocking.PANEL);
      atUnpacked(PanelFormats.F32.bytes(cache.keyDim()), panels);
      cache.unpackKeys(layer, head, position, panels, segment);
    } else {
      at(cache, cache.keyOffset(layer, head, position), cache.keyPanelBytes());
    }
  }

  /** The same of values. */
  void ofValues(KvCache cache, int layer, int head, int position, int count) {
    int panels = Math.ceilDiv(cache.valueDim(), Blocking.PANEL);
    long bytes = PanelFormats.F32.bytes(Blocking.ATTENTION_CHUNK);
    if (cache.hasValuesInKeys()) {
      atUnpacked(bytes, panels);
      transpose(cache, layer, head, position, count);
    } else if (cache.isQuantised()) {
      atUnpacked(bytes, panels);
      cache.unpackValues(layer, head, position, count, segment, bytes);
    } else {
      at(cache, cache.valueOffset(layer, head, position), cache.valuePanelBytes());
    }
  }

  private void at(KvCache cache, long offset, long panelBytes) {
    format = cache.format();
    segment = cache.segment();
    this.offset = offset;
    this.panelBytes = panelBytes;
  }

  private void atUnpacked(long panelBytes, int panels) {
    if (unpacked.byteSize() < panels * panelBytes) {
      unpacked = Arena.ofAuto().allocate(panels * panelBytes, Tensor.ALIGNMENT_BYTES);
    }
    format = PanelFormats.F32;
    segment = unpacked;
    offset = 0;
    this.panelBytes = panelBytes;
  }

  private void transpose(KvCache cache, int layer, int head, int position, int count) {
    int valueDim = cache.valueDim();
    if (value.length < valueDim) {
      value = new float[valueDim];
    }
    for (int step = 0; step < count; step++) {
      cache.readValue(layer, head, position + step, value);
      for (int element = 0; element < valueDim; element += Blocking.PANEL) {
        format.writeStep(
            value,
            element,
            Math.min(Blocking.PANEL, valueDim - element),
            segment,
            element / Blocking.PANEL * panelBytes,
            step);
      }
    }
  }

  KeyValueFormat format() {
    return format;
  }

  MemorySegment segment() {
    return segment;
  }

  /** Where the first panel is, in bytes. */
  long offset() {
    return offset;
  }

  /** From one panel to the next. */
  long panelBytes() {
    return panelBytes;
  }
}
