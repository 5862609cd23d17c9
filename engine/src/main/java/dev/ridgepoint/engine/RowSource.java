package dev.ridgepoint.engine;

/** Rows of numbers, wherever they come from. Called from several threads. */
@FunctionalInterface
public interface RowSource {
  /** Writes the numbers of row {@code row} to {@code target} from {@code offset} on. */
  void read(int row, float[] target, int offset);
}
