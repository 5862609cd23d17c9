package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.Tile;
import dev.ridgepoint.engine.kernels.TileLoops;
import dev.ridgepoint.engine.kernels.Tiles;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A format whose panels kernels multiply as they are. */
public interface TiledFormat extends PanelFormat {

  /** The tiles that {@link #multiplyAdd} has kernels for, on any machine. */
  List<Tile> tiles();

  /** Rows of the tallest tile that this machine multiplies in this format. */
  default int maxRows() {
    return Blocking.MAX_ROWS;
  }

  /**
   * Rows up to which several tiles multiply panels in this format where they lie; if that is less
   * than {@link #maxRows}, then only one tile does.
   */
  default int maxSharedRows() {
    return Blocking.MAX_SHARED_ROWS;
  }

  /** Panels that {@link #multiplyAdd} reads at once for {@code rows}, see {@link Blocking}. */
  default int panelsAtOnce(int rows) {
    return Blocking.plainPanelsAtOnce(rows);
  }

  /** Whether products on this machine are cut into such tiles. */
  default boolean uses(Tile tile) {
    return Blocking.hasHeight(tile.rows())
        && tile.rows() <= maxRows()
        && tile.panels() <= panelsAtOnce(tile.rows());
  }

  /** Floats per row that {@link #prepare} makes of {@code depth}. */
  default int preparedSteps(int depth) {
    return depth;
  }

  /**
   * Turns rows into what {@link #multiplyAdd} reads, in place.
   *
   * @param x packed rows, {@code [depth][rows]}, from {@code xOffset} on, with room for {@link
   *     #preparedSteps}
   */
  default void prepare(float[] x, int xOffset, int rows, int depth) {
    // Most formats multiply the rows as they are.
  }

  /** Floats behind the rows of sums that {@link #multiplyAdd} writes over. */
  default int scratchFloats(int rows, int panels) {
    return 0;
  }

  /**
   * Unpacks the first {@code steps} of a panel to floats, for {@link TileLoops}.
   *
   * @param target step by step, {@link Blocking#LOOP_COLUMNS} apart, from {@code targetOffset} on
   */
  void unpack(MemorySegment panel, long panelOffset, int steps, float[] target, int targetOffset);

  /**
   * {@code c += x * w}, as {@link Tiles} describes it, for one tile and panels side by side.
   *
   * @param rows of the tile
   * @param panels at most {@link #panelsAtOnce}
   * @param x rows that have been prepared
   * @param w panels from byte {@code wOffset}, {@code panelBytes} apart
   * @param c the rows of sums, and behind them room for {@link #scratchFloats}
   */
  void multiplyAdd(
      int rows,
      int panels,
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long panelBytes,
      int depth,
      float[] c,
      int cOffset);
}
