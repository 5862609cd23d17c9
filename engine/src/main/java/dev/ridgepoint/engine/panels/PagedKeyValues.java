package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.MemorySegment;

/**
 * The keys and values of one sequence as they lie in its pages: writes them, unpacks those that are
 * quantised, and says where products find the others. Positions are the sequence's.
 */
public final class PagedKeyValues {
  private final PagePool pool;
  private final KvLayout layout;
  private final int[][] pages;

  /**
   * @param pages the sequence's tables, one per layer, which its cache writes
   */
  PagedKeyValues(PagePool pool, int[][] pages) {
    this.pool = pool;
    this.layout = pool.layout();
    this.pages = pages;
  }

  /** What the pages hold. */
  public KvLayout layout() {
    return layout;
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
              pageOffset(layer, position) + layout.valueOffset(head),
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
        pageOffset(layer, position) + layout.valueOffset(head),
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
    return pageOffset(layer, position) + layout.keyOffset(head) + panel * layout.keyPanelBytes();
  }

  /**
   * Where the first value panel of a head has a position, in bytes; the others of the page are
   * {@link #valuePanelBytes} apart.
   */
  public long valueOffset(int layer, int head, int position) {
    int step = position % layout.pagePositions();
    return pageOffset(layer, position) + layout.valueOffset(head) + format().bytes(step);
  }

  public long keyPanelBytes() {
    return layout.keyPanelBytes();
  }

  public long valuePanelBytes() {
    return format().bytes(layout.pagePositions());
  }

  private long pageOffset(int layer, int position) {
    return pool.offset(pages[layer][position / layout.pagePositions()]);
  }
}
