package dev.ridgepoint.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A shared arena for what is read from memory again and again: weights, caches, activations. It
 * asks the system for huge pages, since a stream of reads loses up to a third of its speed to the
 * lookups and restarted prefetches of 4 KiB pages; where there are none, it is a plain shared
 * arena.
 *
 * <p>Large requests are cut one after another from blocks that only their use makes resident, so
 * that neighbours share a huge page and little is wasted between them.
 */
public final class HugePageArena implements Arena {
  /** Requests below this come from a plain arena: they stay in a cache, or are touched once. */
  private static final long LARGE_BYTES = 256 << 10;

  private static final long BLOCK_BYTES = 64 << 20;

  private final Arena plain = Arena.ofShared();
  private MemorySegment block = MemorySegment.NULL;
  private long used;

  /**
   * Zeroed memory.
   *
   * @throws OutOfMemoryError if the system has not that much to give
   */
  @Override
  public synchronized MemorySegment allocate(long byteSize, long byteAlignment) {
    if (!HugePages.AVAILABLE
        || byteSize < LARGE_BYTES
        || byteAlignment > HugePages.BYTES
        || !plain.scope().isAlive()) {
      return plain.allocate(byteSize, byteAlignment);
    }
    long from = alignUp(used, byteAlignment);
    if (from + byteSize > block.byteSize()) {
      block = HugePages.map(plain, alignUp(Math.max(byteSize, BLOCK_BYTES), HugePages.BYTES));
      from = 0;
    }
    used = from + byteSize;
    return block.asSlice(from, byteSize, byteAlignment);
  }

  @Override
  public MemorySegment.Scope scope() {
    return plain.scope();
  }

  @Override
  public void close() {
    plain.close();
  }

  private static long alignUp(long value, long alignment) {
    return Math.addExact(value, alignment - 1) & -alignment;
  }
}
