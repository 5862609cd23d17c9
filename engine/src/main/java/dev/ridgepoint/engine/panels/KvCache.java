package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * The keys and values of one sequence, for every layer. Per layer and head both are kept as packed
 * panels, so that attention is made of the same products as the linear layers: keys as panels of
 * {@link Blocking#PANEL} positions, {@code [headDim][PANEL]}; values as panels of PANEL elements of
 * the head, {@code [capacity][PANEL]}.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class KvCache implements AutoCloseable {
  private final DType dtype;
  private final int heads;
  private final int keyDim;
  private final int valueDim;
  private final boolean hasValuesInKeys;
  private final int capacity;
  private final Arena arena;
  private final MemorySegment segment;
  private int length;

  /**
   * An empty cache.
   *
   * @param dtype F32 or BF16
   * @param heads key-value heads
   * @param capacity positions that it can hold
   */
  public KvCache(DType dtype, int layers, int heads, int headDim, int capacity) {
    this(dtype, layers, heads, headDim, headDim, false, capacity);
  }

  /**
   * An empty cache of latents: one key for all heads, whose first elements are the value.
   *
   * @param dtype F32 or BF16
   * @param latentDim elements of a key
   * @param valueDim elements of it that are the value
   * @param capacity positions that it can hold
   */
  public static KvCache ofLatents(
      DType dtype, int layers, int latentDim, int valueDim, int capacity) {
    return new KvCache(dtype, layers, 1, latentDim, valueDim, true, capacity);
  }

  private KvCache(
      DType dtype,
      int layers,
      int heads,
      int keyDim,
      int valueDim,
      boolean hasValuesInKeys,
      int capacity) {
    if (layers < 1 || heads < 1 || keyDim < 1 || capacity < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a KV cache of %d layers, %d heads of %d elements, %d positions",
              layers,
              heads,
              keyDim,
              capacity));
    }
    this.dtype = dtype;
    this.heads = heads;
    this.keyDim = keyDim;
    this.valueDim = valueDim;
    this.hasValuesInKeys = hasValuesInKeys;
    this.capacity = capacity;
    arena = new HugePageArena();
    segment =
        arena.allocate(
            Math.multiplyExact((long) layers * heads, keyBytes() + valueBytes()),
            Tensor.ALIGNMENT_BYTES);
  }

  public DType dtype() {
    return dtype;
  }

  /** Key-value heads. */
  public int heads() {
    return heads;
  }

  /** Elements of a key. */
  public int keyDim() {
    return keyDim;
  }

  /** Elements of a value. */
  public int valueDim() {
    return valueDim;
  }

  /** Whether values are the first elements of keys, and not stored besides. */
  public boolean hasValuesInKeys() {
    return hasValuesInKeys;
  }

  /**
   * @throws IllegalArgumentException if it does not hold latents of such sizes
   */
  public void requireLatents(int latentDim, int valueDim) {
    if (!hasValuesInKeys || keyDim != latentDim || this.valueDim != valueDim) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a KV cache has %d heads of %d and %d elements, but latents of %d and %d are needed",
              heads,
              keyDim,
              this.valueDim,
              latentDim,
              valueDim));
    }
  }

  /** Positions that it has room for. */
  public int capacity() {
    return capacity;
  }

  /** Positions that it holds. */
  public int length() {
    return length;
  }

  /**
   * Declares that all layers hold {@code newTokens} positions more.
   *
   * @throws IllegalArgumentException if there is no room for them
   */
  public void advance(int newTokens) {
    requireRoom(newTokens);
    length += newTokens;
  }

  /**
   * Forgets all positions from {@code length} on.
   *
   * @throws IllegalArgumentException if it does not hold that many
   */
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "cannot cut a KV cache of %d positions to %d", this.length, length));
    }
    this.length = length;
  }

  public void requireRoom(int newTokens) {
    if (newTokens > capacity - length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d new tokens after %d do not fit into a KV cache of %d positions",
              newTokens,
              length,
              capacity));
    }
  }

  /** Writes one head's key and value of one position. */
  public void write(
      int layer, int head, int position, float[] keysAndValues, int keyOffset, int valueOffset) {
    format()
        .writeColumn(
            keysAndValues,
            keyOffset,
            keyDim,
            segment,
            keyOffset(layer, head) + position / Blocking.PANEL * keyPanelBytes(),
            position % Blocking.PANEL);
    if (hasValuesInKeys) {
      return;
    }
    for (int element = 0; element < valueDim; element += Blocking.PANEL) {
      format()
          .writeStep(
              keysAndValues,
              valueOffset + element,
              Math.min(Blocking.PANEL, valueDim - element),
              segment,
              valueOffset(layer, head) + element / Blocking.PANEL * valuePanelBytes(),
              position);
    }
  }

  /** Writes the latent of one position. */
  public void writeLatent(int layer, int position, float[] latent) {
    write(layer, 0, position, latent, 0, 0);
  }

  /** Reads the value of a position out of its key. */
  public void readValue(int layer, int head, int position, float[] target) {
    long panel = keyOffset(layer, head) + position / Blocking.PANEL * keyPanelBytes();
    format().readColumn(segment, panel, position % Blocking.PANEL, valueDim, target);
  }

  public KeyValueFormat format() {
    return PanelFormats.ofKeysAndValues(dtype);
  }

  public MemorySegment segment() {
    return segment;
  }

  /** Where the key panels of a head begin, in bytes. */
  public long keyOffset(int layer, int head) {
    return ((long) layer * heads + head) * (keyBytes() + valueBytes());
  }

  /** Where the value panels of a head begin, in bytes. */
  public long valueOffset(int layer, int head) {
    return keyOffset(layer, head) + keyBytes();
  }

  public long keyPanelBytes() {
    return format().bytes(keyDim);
  }

  public long valuePanelBytes() {
    return format().bytes(capacity);
  }

  private long keyBytes() {
    return Math.ceilDiv(capacity, Blocking.PANEL) * keyPanelBytes();
  }

  private long valueBytes() {
    return hasValuesInKeys ? 0 : Math.ceilDiv(valueDim, Blocking.PANEL) * valuePanelBytes();
  }

  /** Frees the memory. */
  @Override
  public void close() {
    arena.close();
  }
}
