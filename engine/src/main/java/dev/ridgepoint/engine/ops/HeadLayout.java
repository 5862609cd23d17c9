package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import java.util.Locale;

/**
 * How a row of {@code qkv} is laid out: all query heads, then all key heads, then all value heads.
 *
 * @param queryHeads a multiple of keyValueHeads
 * @param keyValueHeads heads that keys and values have each
 * @param headDim elements of a head
 */
public record HeadLayout(int queryHeads, int keyValueHeads, int headDim) {
  /**
   * @throws IllegalArgumentException if a number is less than 1 or query heads cannot share
   *     key-value heads evenly
   */
  public HeadLayout {
    if (queryHeads < 1 || keyValueHeads < 1 || headDim < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d query heads and %d key-value heads of %d elements",
              queryHeads,
              keyValueHeads,
              headDim));
    }
    if (queryHeads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d query heads cannot share %d key-value heads",
              queryHeads,
              keyValueHeads));
    }
  }

  /** Elements of a row. */
  public int width() {
    return Math.multiplyExact(queryHeads + 2 * keyValueHeads, headDim);
  }

  /** Elements of the query heads, and of what attention makes of them. */
  public int queryWidth() {
    return queryHeads * headDim;
  }

  /** The first elements of all query and key heads. */
  HeadPart rotated(Activation qkv, int elements) {
    qkv.requireWidth("qkv", width());
    if (elements > headDim) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "angles for %d elements of a head, which has %d", elements, headDim));
    }
    return new HeadPart(qkv, queryAndKeyHeads(), 0, headDim, elements);
  }

  /** Query and key heads, which a row begins with. */
  public int queryAndKeyHeads() {
    return queryHeads + keyValueHeads;
  }

  void requireIn(KvCache cache) {
    KvLayout layout = cache.layout();
    boolean isSuch =
        layout.heads() == keyValueHeads
            && layout.keyDim() == headDim
            && layout.valueDim() == headDim
            && !layout.hasValuesInKeys();
    if (!isSuch) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a KV cache has %d heads of %d elements, but %d of %d are needed",
              layout.heads(),
              layout.keyDim(),
              keyValueHeads,
              headDim));
    }
  }
}
