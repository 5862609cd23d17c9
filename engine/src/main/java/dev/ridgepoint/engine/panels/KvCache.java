package dev.ridgepoint.engine.panels;

import java.util.Arrays;

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

  private final PagedKeyValues keyValues;
  private int firstPage;
  private int endPage;
  private int length;

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
    keyValues = new PagedKeyValues(pool, pages);
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

  /** What its pages hold. */
  public KvLayout layout() {
    return layout;
  }

  /** What is written to its pages, and read. */
  public PagedKeyValues keyValues() {
    return keyValues;
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
          "%s new tokens after %s do not fit into a KV cache of %s positions"
              .formatted(newTokens, length, capacity));
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
          "cannot cut a KV cache of %s positions to %s, which holds those from %s on"
              .formatted(this.length, length, firstPage * layout.pagePositions()));
    }
    this.length = length;
    releaseFrom(layout.pages(length));
  }

  /**
   * Forgets all positions from {@code length} on, or all where it cannot: see {@link #canTruncate}.
   *
   * @param length may be more than it holds
   * @return positions that it still holds
   */
  public int rewind(int length) {
    int kept = Math.min(length, this.length);
    truncate(canTruncate(kept) ? kept : 0);
    return this.length;
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
    fork.share(firstPage, Arrays.copyOfRange(pages, firstPage, layout.pages(length)), length);
    return fork;
  }

  /**
   * Makes an empty cache begin with pages that others hold.
   *
   * @param shared in the order of their positions
   * @param length positions that they hold
   */
  public void share(int[] shared, int length) {
    share(0, shared, length);
  }

  /** The same of pages from {@code first} on, where the window has left those before. */
  private void share(int first, int[] shared, int length) {
    if (this.length != 0 || length > capacity || layout.pages(length) != first + shared.length) {
      throw new IllegalArgumentException(
          "%s shared pages for %s positions in a KV cache of %s of %s"
              .formatted(shared.length, length, this.length, capacity));
    }
    releaseFrom(0);
    firstPage = first;
    endPage = first;
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
