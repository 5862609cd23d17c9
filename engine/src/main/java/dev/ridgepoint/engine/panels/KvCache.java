package dev.ridgepoint.engine.panels;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntBinaryOperator;

/**
 * The keys and values of one sequence: for every layer a table of pages, see {@link KvLayout}. A
 * layer takes pages from the {@link PagePool} as it grows, and gives those back that have left its
 * window, whatever the windows of others. Caches may share pages; whoever writes to one that is
 * shared writes to a copy of its own.
 *
 * <p>Pages are given back when the tokens behind them are fed, not before: until then the cache can
 * be cut back by all tokens that were fed last.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class KvCache implements AutoCloseable {
  /** What stands for a page that a layer does not hold. */
  public static final int NO_PAGE = -1;

  private final PagePool pool;
  private final KvLayout layout;
  private final boolean isPoolOwned;
  private final int capacity;
  private final int[] windows;

  /** Of each layer, of which those from {@code firstPages} to {@code endPages} are held. */
  private final int[][] pages;

  private final int[] firstPages;
  private final int[] endPages;
  private final PagedKeyValues keyValues;
  private int length;

  /**
   * An empty cache with a pool of its own, of as many pages as it needs.
   *
   * @param layout whose pages are shortened to the capacity
   * @param windows positions that a token sees at most in each layer, itself included
   * @param capacity positions that it can hold
   * @param newTokens that are fed at once at most
   */
  public KvCache(KvLayout layout, int[] windows, int capacity, int newTokens) {
    this(ownPool(layout, windows, capacity, newTokens), windows, capacity, true);
  }

  /** The same of a pool's pages, if it has enough; the caller closes it after the cache. */
  public KvCache(PagePool pool, int[] windows, int capacity) {
    this(pool, windows, capacity, false);
  }

  private KvCache(PagePool pool, int[] windows, int capacity, boolean isPoolOwned) {
    requireSizes(windows, capacity);
    this.windows = windows.clone();
    this.pool = pool;
    this.layout = pool.layout();
    this.isPoolOwned = isPoolOwned;
    this.capacity = capacity;
    pages = new int[windows.length][layout.pages(capacity)];
    firstPages = new int[windows.length];
    endPages = new int[windows.length];
    keyValues = new PagedKeyValues(pool, pages);
  }

  private static PagePool ownPool(KvLayout layout, int[] windows, int capacity, int newTokens) {
    requireSizes(windows, capacity);
    KvLayout own = layout.withPagesUpTo(capacity);
    int most = Arrays.stream(windows).map(each -> own.mostPages(each, capacity, newTokens)).sum();
    return new PagePool(own, most);
  }

  private static void requireSizes(int[] windows, int capacity) {
    if (capacity < 1 || windows.length == 0 || Arrays.stream(windows).min().orElseThrow() < 1) {
      throw new IllegalArgumentException(
          "a KV cache of %s positions and windows of %s"
              .formatted(capacity, Arrays.toString(windows)));
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

  public int layers() {
    return windows.length;
  }

  /**
   * Makes the next {@code newTokens} positions of a layer writable: releases pages that they see
   * nothing of, takes pages for them, and a copy of the last page if it is shared.
   *
   * @throws IllegalArgumentException if they exceed the capacity
   * @throws IllegalStateException if the pool has no pages left; those taken so far stay
   */
  public void reserve(int layer, int newTokens) {
    if (newTokens > capacity - length) {
      throw new IllegalArgumentException(
          "%s new tokens after %s do not fit into a KV cache of %s positions"
              .formatted(newTokens, length, capacity));
    }
    int[] table = pages[layer];
    while (firstPages[layer] < firstSeenPage(layer, length)) {
      pool.release(table[firstPages[layer]++]);
    }
    for (int i = length / layout.pagePositions(); i < endPages[layer]; i++) {
      if (pool.isShared(table[i])) {
        int copy = pool.copyOf(table[i]);
        pool.release(table[i]);
        table[i] = copy;
      }
    }
    int needed = layout.pages(length + newTokens);
    while (endPages[layer] < needed) {
      table[endPages[layer]] = pool.take();
      endPages[layer]++;
    }
  }

  /** The first page that a token at a position sees something of. */
  private int firstSeenPage(int layer, int position) {
    return Math.max(0, position - windows[layer] + 1) / layout.pagePositions();
  }

  /**
   * Pages that it takes of the pool and holds at once at most, from now until it is full: what it
   * shares is not among them, but the copy of a page that is full in part.
   *
   * @param newTokens that are fed at once at most
   */
  public int mostPagesToTake(int newTokens) {
    int toCome = layout.pages(capacity) - length / layout.pagePositions();
    return Arrays.stream(windows)
        .map(window -> Math.min(toCome, layout.mostPages(window, capacity, newTokens)))
        .sum();
  }

  /**
   * Declares that all layers hold {@code newTokens} positions more.
   *
   * @throws IllegalArgumentException if there is no room for them
   */
  public void advance(int newTokens) {
    for (int layer = 0; layer < windows.length; layer++) {
      reserve(layer, newTokens);
    }
    length += newTokens;
  }

  /**
   * Forgets all positions from {@code length} on, or all where a layer has given back what the next
   * token would see: that is never so of those fed last. Their pages are released.
   *
   * @param length may be more than it holds
   * @return positions that it still holds
   */
  public int truncate(int length) {
    int kept = Math.min(length, this.length);
    for (int layer = 0; layer < windows.length; layer++) {
      kept = firstSeenPage(layer, kept) < firstPages[layer] ? 0 : kept;
    }
    this.length = kept;
    for (int layer = 0; layer < windows.length; layer++) {
      releaseFrom(layer, layout.pages(kept));
    }
    return kept;
  }

  private void releaseFrom(int layer, int page) {
    while (endPages[layer] > Math.max(page, firstPages[layer])) {
      endPages[layer]--;
      pool.release(pages[layer][endPages[layer]]);
    }
    firstPages[layer] = Math.min(firstPages[layer], page);
    endPages[layer] = Math.min(endPages[layer], page);
  }

  /**
   * Makes an empty cache begin with pages that others hold: of each layer those that its next token
   * sees something of.
   *
   * @param length positions that they hold
   * @param held the page of a layer that has the positions from {@code index * pagePositions} on,
   *     or {@link #NO_PAGE}
   * @return whether it does; not if a page that it needs is not held
   */
  public boolean share(int length, IntBinaryOperator held) {
    if (this.length != 0 || length > capacity) {
      throw new IllegalArgumentException(
          "%s shared positions in a KV cache of %s of %s".formatted(length, this.length, capacity));
    }
    this.length = length;
    for (int layer = 0; layer < windows.length; layer++) {
      releaseFrom(layer, 0);
      firstPages[layer] = firstSeenPage(layer, length);
      endPages[layer] = firstPages[layer];
      while (endPages[layer] < layout.pages(length)) {
        int page = held.applyAsInt(layer, endPages[layer]);
        if (page == NO_PAGE) {
          truncate(0);
          return false;
        }
        pool.share(page);
        pages[layer][endPages[layer]++] = page;
      }
    }
    return true;
  }

  /**
   * The page of a layer that has the positions from {@code index * pagePositions} on, or {@link
   * #NO_PAGE} if the layer does not hold it.
   */
  public int page(int layer, int index) {
    boolean isHeld = index >= firstPages[layer] && index < endPages[layer];
    return isHeld ? pages[layer][index] : NO_PAGE;
  }

  /** All pages that it holds. */
  public BitSet pages() {
    BitSet held = new BitSet();
    for (int layer = 0; layer < windows.length; layer++) {
      for (int i = firstPages[layer]; i < endPages[layer]; i++) {
        held.set(pages[layer][i]);
      }
    }
    return held;
  }

  /** Releases its pages, and frees the memory if it is its own. */
  @Override
  public void close() {
    truncate(0);
    if (isPoolOwned) {
      pool.close();
    }
  }
}
