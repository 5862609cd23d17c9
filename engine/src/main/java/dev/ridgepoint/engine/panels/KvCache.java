package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * The keys and values of one sequence, for every layer: a table of pages, see {@link KvLayout}. It
 * takes pages from its {@link PagePool} as it grows, and where all layers see but a window of the
 * last positions it gives those back that have left it. Caches may share pages; whoever writes to
 * one that is shared writes to a copy of its own.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class KvCache implements AutoCloseable {
  private final PagePool pool;
  private final KvLayout layout;
  private final boolean isPoolOwned;
  private final int capacity;
  private final int window;

  /** Of which {@code firstPage} to {@code endPage} are held. */
  private final int[] pages;

  private int firstPage;
  private int endPage;
  private int length;

  /**
   * An empty cache with a pool of its own, of as many pages as it needs.
   *
   * @param dtype F32, BF16 or Q8_0
   * @param heads key-value heads
   * @param capacity positions that it can hold
   */
  public KvCache(DType dtype, int layers, int heads, int headDim, int capacity) {
    this(new KvLayout(dtype, layers, heads, headDim, KvLayout.PAGE_POSITIONS), capacity);
  }

  /** The same of any layout, whose pages are shortened to the capacity. */
  public KvCache(KvLayout layout, int capacity) {
    this(layout, capacity, Integer.MAX_VALUE);
  }

  /**
   * An empty cache with a pool of its own, of as many pages as it needs.
   *
   * @param layout whose pages are shortened to the capacity
   * @param capacity positions that it can hold
   * @param window positions that a token sees at most in any layer, itself included
   */
  public KvCache(KvLayout layout, int capacity, int window) {
    this(ownPool(layout, capacity), capacity, window, true);
  }

  /** An empty cache of the pool's pages, of whose positions a token sees all. */
  public KvCache(PagePool pool, int capacity) {
    this(pool, capacity, Integer.MAX_VALUE);
  }

  /**
   * An empty cache of the pool's pages.
   *
   * @param pool the caller's, who closes it after the cache
   * @param capacity positions that it can hold, if there are pages
   * @param window positions that a token sees at most in any layer, itself included
   */
  public KvCache(PagePool pool, int capacity, int window) {
    this(pool, capacity, window, false);
  }

  private KvCache(PagePool pool, int capacity, int window, boolean isPoolOwned) {
    requirePositive(capacity);
    requirePositive(window);
    this.window = window;
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

  private static void requirePositive(int positions) {
    if (positions < 1) {
      throw new IllegalArgumentException("a KV cache of " + positions + " positions");
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
   * Makes the next {@code newTokens} positions writable: releases pages that they see nothing of,
   * takes pages for them, and a copy of the last page if it is shared.
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
    while (firstPage < firstSeenPage(length)) {
      pool.release(pages[firstPage++]);
    }
    for (int i = length / layout.pagePositions(); i < endPage; i++) {
      if (pool.isShared(pages[i])) {
        int copy = pool.copyOf(pages[i]);
        pool.release(pages[i]);
        pages[i] = copy;
      }
    }
    int needed = layout.pages(length + newTokens);
    while (endPage < needed) {
      pages[endPage] = pool.take();
      endPage++;
    }
  }

  /** The first page that a token at a position sees something of. */
  private int firstSeenPage(int position) {
    return Math.max(0, position - window + 1) / layout.pagePositions();
  }

  /** Pages that {@link #reserve} would take of the pool for so many new tokens, not fed at once. */
  public int pagesToTake(int newTokens) {
    int toTake = Math.max(0, layout.pages(length + newTokens) - endPage);
    for (int i = length / layout.pagePositions(); i < endPage; i++) {
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
   * Whether it can be cut to a length: a cache that has given pages back that have left its window
   * cannot go back to where they are seen.
   */
  public boolean canTruncate(int length) {
    return length == 0
        || (length > 0 && length <= this.length && firstSeenPage(length) >= firstPage);
  }

  /**
   * Forgets all positions from {@code length} on, and releases their pages.
   *
   * @throws IllegalArgumentException if it does not hold that many, see {@link #canTruncate}
   */
  public void truncate(int length) {
    if (!canTruncate(length)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "cannot cut a KV cache of %d positions to %d, which holds those from %d on",
              this.length,
              length,
              firstPage * layout.pagePositions()));
    }
    this.length = length;
    releaseFrom(layout.pages(length));
  }

  private void releaseFrom(int page) {
    while (endPage > Math.max(page, firstPage)) {
      endPage--;
      pool.release(pages[endPage]);
    }
    if (endPage > page) {
      firstPage = page;
      endPage = page;
    }
  }

  /** Another cache of the same pool that begins with what this one holds, in the same pages. */
  public KvCache fork(int capacity) {
    KvCache fork = new KvCache(pool, capacity, window);
    if (length > capacity) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "a fork of %d positions for a KV cache of %d", capacity, length));
    }
    fork.firstPage = firstPage;
    fork.endPage = firstPage;
    while (fork.endPage < layout.pages(length)) {
      int page = pages[fork.endPage];
      pool.share(page);
      fork.pages[fork.endPage++] = page;
    }
    fork.length = length;
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
      pages[endPage++] = page;
    }
    this.length = length;
  }

  /** The first page that it holds: 0, unless a window has left that. */
  public int firstPage() {
    return firstPage;
  }

  /** The page behind the last that it holds. */
  public int endPage() {
    return endPage;
  }

  /** The page of the pool that holds the positions from {@code index * pagePositions} on. */
  public int page(int index) {
    if (index < firstPage || index >= endPage) {
      throw new IndexOutOfBoundsException(index);
    }
    return pages[index];
  }

  /** Writes one head's key and value of one reserved position. */
  public void write(
      int layer, int head, int position, float[] keysAndValues, int keyOffset, int valueOffset) {
    int ofPage = position % layout.pagePositions();
    layout
        .format()
        .writeKey(
            keysAndValues,
            keyOffset,
            layout.keyDim(),
            pool.segment(),
            keyOffset(layer, head, position),
            ofPage % Blocking.PANEL);
    if (!layout.hasValuesInKeys()) {
      layout
          .format()
          .writeValue(
              keysAndValues,
              valueOffset,
              layout.valueDim(),
              pool.segment(),
              pageOffset(position) + layout.valueOffset(layer, head),
              layout.pagePositions(),
              ofPage);
    }
  }

  /** Writes the latent of one reserved position. */
  public void writeLatent(int layer, int position, float[] latent) {
    write(layer, 0, position, latent, 0, 0);
  }

  /** Reads the value of a position out of its key. */
  public void readValue(int layer, int head, int position, float[] target) {
    layout
        .format()
        .readKey(
            pool.segment(),
            keyOffset(layer, head, position),
            position % Blocking.PANEL,
            layout.valueDim(),
            target);
  }

  /** Whether keys and values must be unpacked before they are multiplied. */
  public boolean isQuantised() {
    return layout.format() instanceof QuantisedPages;
  }

  /** Unpacks quantised keys to panels of F32; the parameters are those of {@link #keyOffset}. */
  public void unpackKeys(int layer, int head, int position, int panels, MemorySegment target) {
    QuantisedPages.unpackKeys(
        pool.segment(), keyOffset(layer, head, position), layout.keyDim(), panels, target);
  }

  /**
   * Unpacks quantised values to panels of F32.
   *
   * @param position the first of {@code count} of a page, with which a panel of keys begins
   * @param panelBytes from one panel of the target to the next
   */
  public void unpackValues(
      int layer, int head, int position, int count, MemorySegment target, long panelBytes) {
    QuantisedPages.unpackValues(
        pool.segment(),
        pageOffset(position) + layout.valueOffset(layer, head),
        layout.valueDim(),
        layout.pagePositions(),
        position % layout.pagePositions(),
        count,
        target,
        panelBytes);
  }

  /** How panels are stored that are not quantised. */
  public KeyValueFormat format() {
    return ((PlainPages) layout.format()).panels();
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
    return pageOffset(position) + layout.valueOffset(layer, head) + format().bytes(step);
  }

  public long keyPanelBytes() {
    return layout.keyPanelBytes();
  }

  public long valuePanelBytes() {
    return format().bytes(layout.pagePositions());
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
