package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KeyValueFormat;
import dev.ridgepoint.engine.panels.PagedKeyValues;
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
  void ofKeys(PagedKeyValues stored, int layer, int head, int position, int count) {
    if (stored.isQuantised()) {
      int panels = Math.ceilDiv(count, Blocking.PANEL);
      atUnpacked(PanelFormats.F32.bytes(stored.layout().keyDim()), panels);
      stored.unpackKeys(layer, head, position, panels, segment);
    } else {
      at(stored, stored.keyOffset(layer, head, position), stored.keyPanelBytes());
    }
  }

  /** The same of values. */
  void ofValues(PagedKeyValues stored, int layer, int head, int position, int count) {
    int panels = Math.ceilDiv(stored.layout().valueDim(), Blocking.PANEL);
    long bytes = PanelFormats.F32.bytes(Blocking.ATTENTION_CHUNK);
    if (stored.layout().hasValuesInKeys()) {
      atUnpacked(bytes, panels);
      transpose(stored, layer, head, position, count);
    } else if (stored.isQuantised()) {
      atUnpacked(bytes, panels);
      stored.unpackValues(layer, head, position, count, segment, bytes);
    } else {
      at(stored, stored.valueOffset(layer, head, position), stored.valuePanelBytes());
    }
  }

  private void at(PagedKeyValues stored, long offset, long panelBytes) {
    format = stored.format();
    segment = stored.segment();
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

  private void transpose(PagedKeyValues stored, int layer, int head, int position, int count) {
    int valueDim = stored.layout().valueDim();
    if (value.length < valueDim) {
      value = new float[valueDim];
    }
    for (int step = 0; step < count; step++) {
      stored.readValue(layer, head, position + step, value);
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
