package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values as panels that are multiplied where they lie: keys {@code [keyDim][PANEL]},
 * values {@code [valueDim / PANEL][positions][PANEL]}.
 */
record PlainPages(KeyValueFormat panels) implements PageFormat {
  @Override
  public long keyPanelBytes(int keyDim) {
    return panels.bytes(keyDim);
  }

  @Override
  public long valueBytes(int valueDim, int positions) {
    return Math.ceilDiv(valueDim, Blocking.PANEL) * panels.bytes(positions);
  }

  @Override
  public void writeKey(
      float[] source,
      int sourceOffset,
      int keyDim,
      MemorySegment page,
      long panelOffset,
      int column) {
    panels.writeColumn(source, sourceOffset, keyDim, page, panelOffset, column);
  }

  @Override
  public void readKey(MemorySegment page, long panelOffset, int column, int count, float[] target) {
    panels.readColumn(page, panelOffset, column, count, target);
  }

  @Override
  public void writeValue(
      float[] source,
      int sourceOffset,
      int valueDim,
      MemorySegment page,
      long valuesOffset,
      int positions,
      int position) {
    for (int element = 0; element < valueDim; element += Blocking.PANEL) {
      panels.writeStep(
          source,
          sourceOffset + element,
          Math.min(Blocking.PANEL, valueDim - element),
          page,
          valuesOffset + element / Blocking.PANEL * panels.bytes(positions),
          position);
    }
  }
}
