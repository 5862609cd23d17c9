package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.kernels.Blocking;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a page of a KV cache holds and where: the keys and values of {@link #pagePositions}
 * consecutive positions of one sequence, of one layer and all its heads. Both are kept as packed
 * panels, so that attention is made of the same products as the linear layers: keys as panels of
 * {@link Blocking#PANEL} positions, {@code [keyDim][PANEL]}; values as panels of PANEL elements of
 * the head, {@code [pagePositions][PANEL]}. Of latents there are the keys alone, whose first
 * elements are the values. Offsets are in bytes. In Q8_0 both are quantised in blocks of 32
 * elements of a head.
 *
 * @param dtype F32, BF16 or Q8_0
 * @param heads key-value heads
 * @param keyDim elements of a head's key
 * @param valueDim elements of a head's value
 * @param hasValuesInKeys whether the values are the first elements of the keys
 * @param pagePositions a multiple of {@link Blocking#PANEL}
 */
public record KvLayout(
    DType dtype, int heads, int keyDim, int valueDim, boolean hasValuesInKeys, int pagePositions) {
  /**
   * Positions of a page where nobody asks for others: as many as attention takes at once, so that
   * its kernels' loops are as long as without pages. Of 128 or fewer sequences could share more.
   */
  public static final int PAGE_POSITIONS = Blocking.ATTENTION_CHUNK;

  public KvLayout {
    if (heads < 1 || keyDim < 1 || valueDim < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a KV cache of %d heads of %d elements",
              heads,
              Math.min(keyDim, valueDim)));
    }
    if (!dtypes().contains(dtype)) {
      throw new IllegalArgumentException("a KV cache cannot be stored as " + dtype);
    }
    int block = dtype.blockElements();
    if (keyDim % block != 0 || valueDim % block != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a KV cache in %s needs heads of a multiple of %d elements, but has %d",
              dtype,
              block,
              keyDim % block != 0 ? keyDim : valueDim));
    }
    if (pagePositions < 1 || pagePositions % Blocking.PANEL != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a page of %d positions, but panels are of %d",
              pagePositions,
              Blocking.PANEL));
    }
  }

  /**
   * @throws IllegalArgumentException if it is not of latents of such sizes
   */
  public void requireLatents(int latentDim, int elements) {
    if (!hasValuesInKeys || keyDim != latentDim || valueDim != elements) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a KV cache has %d heads of %d and %d elements, but latents of %d and %d are needed",
              heads,
              keyDim,
              valueDim,
              latentDim,
              elements));
    }
  }

  /** The types that keys and values can be stored in. */
  public static List<DType> dtypes() {
    return Arrays.stream(DType.values())
        .filter(dtype -> PanelFormats.ofPages(dtype).isPresent())
        .toList();
  }

  /** Of keys and values of as many elements. */
  public KvLayout(DType dtype, int heads, int headDim, int pagePositions) {
    this(dtype, heads, headDim, headDim, false, pagePositions);
  }

  /** The same with pages of other lengths: no longer ones than a cache of some capacity fills. */
  public KvLayout withPagesUpTo(int capacity) {
    return new KvLayout(
        dtype,
        heads,
        keyDim,
        valueDim,
        hasValuesInKeys,
        Math.min(pagePositions, pagePositions(capacity)));
  }

  /** Positions of a page of a cache that has some capacity and pages of its own. */
  public static int pagePositions(int capacity) {
    int wholePanels = Math.ceilDiv(capacity, Blocking.PANEL) * Blocking.PANEL;
    return Math.min(PAGE_POSITIONS, wholePanels);
  }

  /** Pages of a layer that hold its first {@code positions}. */
  public int pages(int positions) {
    return Math.ceilDiv(positions, pagePositions);
  }

  /**
   * Pages that a layer holds at once at most: those of the new tokens and of what the first of them
   * sees, wherever in a page that begins.
   *
   * @param window positions that a token sees at most, itself included
   * @param capacity positions of the cache
   * @param newTokens that are fed at once at most
   */
  public int mostPages(int window, int capacity, int newTokens) {
    int seen = (int) Math.min(capacity, window - 1L + newTokens);
    int before = Math.min(capacity - seen, pagePositions - 1);
    return pages(before + seen);
  }

  public long pageBytes() {
    return Math.multiplyExact((long) heads, headBytes());
  }

  PageFormat format() {
    return PanelFormats.ofPages(dtype).orElseThrow();
  }

  long keyPanelBytes() {
    return format().keyPanelBytes(keyDim);
  }

  /** Where the key panels of a head begin in a page. */
  long keyOffset(int head) {
    return head * headBytes();
  }

  /** Where the values of a head begin in a page. */
  long valueOffset(int head) {
    return keyOffset(head) + keyBytes();
  }

  private long headBytes() {
    return keyBytes() + valueBytes();
  }

  private long valueBytes() {
    return hasValuesInKeys ? 0 : format().valueBytes(valueDim, pagePositions);
  }

  private long keyBytes() {
    return pagePositions / Blocking.PANEL * keyPanelBytes();
  }
}
