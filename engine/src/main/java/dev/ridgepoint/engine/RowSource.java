package dev.ridgepoint.engine;

import dev.ridgepoint.engine.codecs.RowCodec;
import java.lang.foreign.MemorySegment;

/** Rows of numbers, wherever they come from. Called from several threads. */
@FunctionalInterface
public interface RowSource {
  /** Writes the numbers of row {@code row} to {@code target} from {@code offset} on. */
  void read(int row, float[] target, int offset);

  /** The same rows from {@code first} on. */
  default RowSource from(int first) {
    RowSource all = this;
    return new RowSource() {
      @Override
      public void read(int row, float[] target, int offset) {
        all.read(first + row, target, offset);
      }

      @Override
      public void encode(int row, int count, DType dtype, MemorySegment target, long offset) {
        all.encode(first + row, count, dtype, target, offset);
      }
    };
  }

  /**
   * Writes row {@code row} as {@code dtype} stores it: rounded, unless it is stored so already.
   *
   * @param count numbers of the row
   * @param target from byte {@code offset} on
   * @throws IllegalArgumentException if the type cannot hold a number
   * @throws IllegalStateException if the row must be rounded, but the type has no codec
   */
  default void encode(int row, int count, DType dtype, MemorySegment target, long offset) {
    RowCodec codec = dtype.codec();
    float[] numbers = new float[count];
    read(row, numbers, 0);
    for (float number : numbers) {
      if (!codec.holds(Math.abs(number))) {
        throw new IllegalArgumentException("cannot pack " + number + " as " + dtype);
      }
    }
    codec.encode(numbers, 0, count, target, offset);
  }
}
