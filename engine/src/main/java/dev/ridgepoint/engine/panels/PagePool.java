package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;

/**
 * The memory of KV caches, cut into pages that caches take as they grow and give back (Kwon et al.
 * 2023, PagedAttention, arXiv:2309.06180). A page is known by its number. It may have several
 * holders, who only read it, and is free when the last of them has released it.
 *
 * <p>Memory is reserved at once, but most systems give it only as pages are written.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class PagePool implements AutoCloseable {
  private final KvLayout layout;
  private final Arena arena = new HugePageArena();
  private final MemorySegment segment;
  private final int[] holders;

  /** Free pages, of which the last is taken next. */
  private final int[] free;

  private int freePages;
  private BooleanSupplier reclaimer = () -> false;

  /**
   * A pool of free pages.
   *
   * @param pages at least 1
   */
  public PagePool(KvLayout layout, int pages) {
    if (pages < 1) {
      throw new IllegalArgumentException("a pool of " + pages + " pages");
    }
    this.layout = layout;
    long bytes = Math.multiplyExact(pages, layout.pageBytes());
    segment = arena.allocate(bytes, Tensor.ALIGNMENT_BYTES);
    holders = new int[pages];
    free = new int[pages];
    for (int page = pages - 1; page >= 0; page--) {
      free[freePages++] = page;
    }
  }

  public KvLayout layout() {
    return layout;
  }

  /** All pages, free or held. */
  public int pages() {
    return holders.length;
  }

  public int freePages() {
    return freePages;
  }

  /**
   * Sets who is asked to release pages when none is free.
   *
   * @param reclaimer whether it has released any
   */
  public void reclaimBy(BooleanSupplier reclaimer) {
    this.reclaimer = reclaimer;
  }

  /**
   * Makes the caller the only holder of a free page, whose content is anything.
   *
   * @throws IllegalStateException if no page is free, nor can be reclaimed
   */
  public int take() {
    if (freePages == 0 && !reclaimer.getAsBoolean()) {
      throw new IllegalStateException(
          "all %s pages of %s positions are in use by KV caches"
              .formatted(pages(), layout.pagePositions()));
    }
    int page = free[--freePages];
    holders[page] = 1;
    return page;
  }

  /** Adds a holder to a page that has one. */
  public void share(int page) {
    requireHeld(page);
    holders[page]++;
  }

  /** Whether a page has several holders, so that nobody may write it. */
  public boolean isShared(int page) {
    return holders[page] > 1;
  }

  /** Takes a holder away from a page. */
  public void release(int page) {
    requireHeld(page);
    if (--holders[page] == 0) {
      free[freePages++] = page;
    }
  }

  private void requireHeld(int page) {
    if (holders[page] == 0) {
      throw new IllegalStateException("nobody holds page " + page);
    }
  }

  /** A page of the caller's alone with the content of another. */
  int copyOf(int page) {
    int copy = take();
    MemorySegment.copy(segment, offset(page), segment, offset(copy), layout.pageBytes());
    return copy;
  }

  MemorySegment segment() {
    return segment;
  }

  /** Where a page begins, in bytes. */
  long offset(int page) {
    return page * layout.pageBytes();
  }

  /** Frees the memory, whoever holds pages. */
  @Override
  public void close() {
    arena.close();
  }
}
