package dev.ridgepoint.engine.panels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.ridgepoint.engine.codecs.Q8Codec;
import dev.ridgepoint.engine.kernels.KeyValueUnpacking;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Keys and values in GGUF's Q8_0, each in blocks of {@link Q8Codec#BLOCK_ELEMENTS} elements with a
 * scale, as many bytes as the blocks have. Keys are panels of Q8_0, {@link QuantisedPanels}. Of
 * values first come all scales, {@code [valueDim / 32][positions]}, then the integers, {@code
 * [valueDim / PANEL][positions / 4][PANEL]} ints of four positions each, signed as in those panels.
 * Attention unpacks both to panels of floats.
 */
final class QuantisedPages implements PageFormat {
  private static final QuantisedPanels KEYS = PanelFormats.Q8_0_PANELS;
  private static final int BLOCK = Q8Codec.BLOCK_ELEMENTS;

  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  @Override
  public long keyPanelBytes(int keyDim) {
    return KEYS.bytes(keyDim);
  }

  @Override
  public long valueBytes(int valueDim, int positions) {
    return scaleBytes(valueDim, positions) + (long) valueDim * positions;
  }

  private static long scaleBytes(int valueDim, int positions) {
    return (long) valueDim / BLOCK * Short.BYTES * positions;
  }

  @Override
  public void writeKey(
      float[] source,
      int sourceOffset,
      int keyDim,
      MemorySegment page,
      long panelOffset,
      int column) {
    for (int element = 0; element < keyDim; element += BLOCK) {
      float scale = Q8Codec.scale(source, sourceOffset + element);
      float inverse = Q8Codec.inverse(scale);
      KEYS.writeScale(page, panelOffset, element, column, scale);
      for (int i = element; i < element + BLOCK; i++) {
        byte quant = Q8Codec.rounded(source[sourceOffset + i] * inverse);
        page.set(JAVA_BYTE, KEYS.byteAt(panelOffset, i, column), signed(quant, i));
      }
    }
  }

  @Override
  public void readKey(MemorySegment page, long panelOffset, int column, int count, float[] target) {
    KEYS.readColumn(page, panelOffset, column, count, target);
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
    long ints = valuesOffset + scaleBytes(valueDim, positions);
    for (int element = 0; element < valueDim; element += BLOCK) {
      float scale = Q8Codec.scale(source, sourceOffset + element);
      float inverse = Q8Codec.inverse(scale);
      long scaleAt = valuesOffset + scaleBytes(element, positions) + (long) Short.BYTES * position;
      page.set(SCALE, scaleAt, Float.floatToFloat16(scale));
      for (int i = element; i < element + BLOCK; i++) {
        byte quant = Q8Codec.rounded(source[sourceOffset + i] * inverse);
        long panel = ints + (long) i / PANEL * PANEL * positions;
        int fourth = position % KeyValueUnpacking.STEPS;
        long at = panel + (long) (position - fourth) * PANEL + 4L * (i % PANEL) + fourth;
        page.set(JAVA_BYTE, at, signed(quant, position));
      }
    }
  }

  /** With the sign flipped, but of the last step of an int. */
  private static byte signed(byte quant, int step) {
    boolean isLast = step % KeyValueUnpacking.STEPS == KeyValueUnpacking.STEPS - 1;
    return isLast ? quant : (byte) (quant ^ Byte.MIN_VALUE);
  }

  /** Unpacks panels of keys to panels of floats. */
  static void unpackKeys(
      MemorySegment page, long panelOffset, int keyDim, int panels, MemorySegment target) {
    long panelBytes = PanelFormats.F32.bytes(keyDim);
    for (int panel = 0; panel < panels; panel++) {
      long from = panelOffset + panel * KEYS.bytes(keyDim);
      KeyValueUnpacking.unpackKeys(page, from, keyDim, target, panel * panelBytes);
    }
  }

  /**
   * Unpacks values to panels of floats.
   *
   * @param position the first, of {@code count}, in a page of {@code positions}
   * @param panelBytes from one panel of the target to the next
   */
  static void unpackValues(
      MemorySegment page,
      long valuesOffset,
      int valueDim,
      int positions,
      int position,
      int count,
      MemorySegment target,
      long panelBytes) {
    int steps = Math.ceilDiv(count, KeyValueUnpacking.STEPS) * KeyValueUnpacking.STEPS;
    long ints = valuesOffset + scaleBytes(valueDim, positions) + (long) position * PANEL;
    long scales = valuesOffset + (long) Short.BYTES * position;
    for (int element = 0; element < valueDim; element += PANEL) {
      KeyValueUnpacking.unpackValues(
          page,
          ints + (long) element * positions,
          scales + scaleBytes(element / BLOCK * BLOCK, positions),
          steps,
          target,
          element / PANEL * panelBytes);
    }
  }
}
