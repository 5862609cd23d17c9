package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;

/**
 * The keys and values of one sequence, for every layer: a table of pages, see {@link KvLayout}. It
 * takes pages from its {@link PagePool} as it grows. Caches may share pages; whoever writes to one
 * that is shared writes to a copy of its own.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class KvCache implements AutoCloseable {
  private final PagePool pool;
  private final KvLayout layout;
  private final boolean isPoolOwned;
  private final int capacity;
  private final int[] pages;
  private int pagesHeld;
  private int length;

  /**
   * An empty cache with a pool of its own, of as many pages as it needs.
   *
   * @param dtype F32 or BF16
   * @param heads key-value heads
   * @param capacity positions that it can hold
   */
  public KvCache(DType dtype, int layers, int heads, int headDim, int capacity) {
    this(new KvLayout(dtype, layers, heads, headDim, KvLayout.PAGE_POSITIONS), capacity);
  }

  /**
   * An empty cache with a pool of its own, of as many pages as it needs.
   *
   * @param layout whose pages are shortened to the capacity
   * @param capacity positions that it can hold
   */
  public KvCache(KvLayout layout, int capacity) {
    this(ownPool(layout, capacity), capacity, true);
  }

  /**
   * An empty cache of the pool's pages.
   *
   * @param pool the caller's, who closes it after the cache
   * @param capacity positions that it can hold, if there are pages
   */
  public KvCache(PagePool pool, int capacity) {
    this(pool, capacity, false);
  }

  private KvCache(PagePool pool, int capacity, boolean isPoolOwned) {
    requirePositive(capacity);
    this.pool = pool;
    this.layout = pool.layout();
    this.isPoolOwned = isPoolOwned;
    this.capacity = capacity;
    pages = new int[layout.pages(capacity)];
  }

  private static PagePool ownPool(KvLayout layout, int capacity) {
    requirePositive(capacity);
    KvLayout own = layout.withPagesUpTo(capacity);
    return new PagePool(own, own.pages(capacity));
  }

  private static void requirePositive(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a KV cache of " + capacity + " positions");
    }
  }

  public DType dtype() {
    return layout.dtype();
  }

  /** Key-value heads. */
  public int heads() {
    return layout.heads();
  }

  /** Elements of a key. */
  public int keyDim() {
    return layout.keyDim();
  }

  /** Elements of a value. */
  public int valueDim() {
    return layout.valueDim();
  }

  /** Whether values are the first elements of keys, and not stored besides. */
  public boolean hasValuesInKeys() {
    return layout.hasValuesInKeys();
  }

  /**
   * @throws IllegalArgumentException if it does not hold latents of such sizes
   */
  public void requireLatents(int latentDim, int valueDim) {
    if (!hasValuesInKeys() || keyDim() != latentDim || valueDim() != valueDim) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a KV cache has %d heads of %d and %d elements, but latents of %d and %d are needed",
              heads(),
              keyDim(),
              valueDim(),
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
   * Makes the next {@code newTokens} positions writable: takes pages for them, and a copy of the
   * last page if it is shared.
   *
   * @throws IllegalArgumentException if they exceed the capacity
   * @throws IllegalStateException if the pool has no pages left; those taken so far stay
   */
  public void reserve(int newTokens) {
    if (newTokens > capacity - length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d new tokens after %d do not fit into a KV cache of %d positions",
              newTokens,
              length,
              capacity));
    }
    for (int i = length / layout.pagePositions(); i < pagesHeld; i++) {
      if (pool.isShared(pages[i])) {
        int copy = pool.copyOf(pages[i]);
        pool.release(pages[i]);
        pages[i] = copy;
      }
    }
    int needed = layout.pages(length + newTokens);
    while (pagesHeld < needed) {
      pages[pagesHeld] = pool.take();
      pagesHeld++;
    }
  }

  /** Pages of the pool that {@link #reserve} would take for so many new tokens. */
  public int pagesToTake(int newTokens) {
    int toTake = Math.max(0, layout.pages(length + newTokens) - pagesHeld);
    for (int i = length / layout.pagePositions(); i < pagesHeld; i++) {
      toTake += pool.isShared(pages[i]) ? 1 : 0;
    }
    return toTake;
  }

  /**
   * Declares that all layers hold {@code newTokens} positions more.
   *
   * @throws IllegalArgumentException if there is no room for them
   */
  public void advance(int newTokens) {
    reserve(newTokens);
    length += newTokens;
  }

  /**
   * Forgets all positions from {@code length} on, and releases their pages.
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
    releaseFrom(layout.pages(length));
  }

  private void releaseFrom(int page) {
    while (pagesHeld > page) {
      pagesHeld--;
      pool.release(pages[pagesHeld]);
    }
  }

  /** Another cache of the same pool that begins with what this one holds, in the same pages. */
  public KvCache fork(int capacity) {
    KvCache fork = new KvCache(pool, capacity);
    fork.share(Arrays.copyOf(pages, layout.pages(length)), length);
    return fork;
  }

  /**
   * Makes an empty cache begin with pages that others hold.
   *
   * @param shared in the order of their positions
   * @param length positions that they hold
   */
  public void share(int[] shared, int length) {
    if (this.length != 0 || length > capacity || layout.pages(length) != shared.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d shared pages for %d positions in a KV cache of %d of %d",
              shared.length,
              length,
              this.length,
              capacity));
    }
    releaseFrom(0);
    for (int page : shared) {
      pool.share(page);
      pages[pagesHeld++] = page;
    }
    this.length = length;
  }

  /** Pages that it holds. */
  public int pages() {
    return pagesHeld;
  }

  /** The page that holds the positions from {@code index * pagePositions} on. */
  public int page(int index) {
    if (index >= pagesHeld) {
      throw new IndexOutOfBoundsException(index);
    }
    return pages[index];
  }

  /** Writes one head's key and value of one reserved position. */
  public void write(
      int layer, int head, int position, float[] keysAndValues, int keyOffset, int valueOffset) {
    KeyValueFormat format = layout.format();
    int ofPage = position % layout.pagePositions();
    long page = pageOffset(position);
    format.writeColumn(
        keysAndValues,
        keyOffset,
        layout.keyDim(),
        pool.segment(),
        page + layout.keyOffset(layer, head) + ofPage / Blocking.PANEL * layout.keyPanelBytes(),
        ofPage % Blocking.PANEL);
    if (layout.hasValuesInKeys()) {
      return;
    }
    long values = page + layout.valueOffset(layer, head);
    for (int element = 0; element < layout.valueDim(); element += Blocking.PANEL) {
      format.writeStep(
          keysAndValues,
          valueOffset + element,
          Math.min(Blocking.PANEL, layout.valueDim() - element),
          pool.segment(),
          values + element / Blocking.PANEL * layout.valuePanelBytes(),
          ofPage);
    }
  }

  /** Writes the latent of one reserved position. */
  public void writeLatent(int layer, int position, float[] latent) {
    write(layer, 0, position, latent, 0, 0);
  }

  /**
   * Unpacks the first elements of the keys of a panel's positions.
   *
   * @param position the panel's first
   * @param target element by element, {@link Blocking#LOOP_COLUMNS} apart
   */
  public void unpackKeys(int layer, int head, int position, int elements, float[] target) {
    layout.format().unpack(pool.segment(), keyOffset(layer, head, position), elements, target, 0);
  }

  public KeyValueFormat format() {
    return layout.format();
  }

  /** What offsets are counted in. */
  public MemorySegment segment() {
    return pool.segment();
  }

  /** Positions from {@code position} to the end of its page. */
  public int restOfPage(int position) {
    return layout.pagePositions() - position % layout.pagePositions();
  }

  /**
   * Where the key panel of a head is that begins with a position, in bytes; those of the page's
   * later positions follow, {@link #keyPanelBytes} apart.
   */
  public long keyOffset(int layer, int head, int position) {
    int panel = position % layout.pagePositions() / Blocking.PANEL;
    return pageOffset(position) + layout.keyOffset(layer, head) + panel * layout.keyPanelBytes();
  }

  /**
   * Where the first value panel of a head has a position, in bytes; the others of the page are
   * {@link #valuePanelBytes} apart.
   */
  public long valueOffset(int layer, int head, int position) {
    int step = position % layout.pagePositions();
    return pageOffset(position) + layout.valueOffset(layer, head) + layout.format().bytes(step);
  }

  public long keyPanelBytes() {
    return layout.keyPanelBytes();
  }

  public long valuePanelBytes() {
    return layout.valuePanelBytes();
  }

  private long pageOffset(int position) {
    return pool.offset(pages[position / layout.pagePositions()]);
  }

  /** Releases its pages, and frees the memory if it is its own. */
  @Override
  public void close() {
    length = 0;
    releaseFrom(0);
    if (isPoolOwned) {
      pool.close();
    }
  }
}
