package dev.ridgepoint.model.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A matrix of unsigned integers of a few bits, which lie one after the other in the bits of 32-bit
 * words, from the lowest on: those of a row, or those of a column.
 *
 * @param words {@code [rows of words][wordsPerRow]}
 * @param isDown whether the integers of a column share words, not those of a row
 * @param places where in its word each of the integers that share one lies; empty if in their order
 */
record PackedIntegers(
    MemorySegment words, int wordsPerRow, int bits, boolean isDown, int[] places) {
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final int[] IN_ORDER = {};

  /** Of rows that are packed. */
  static PackedIntegers along(MemorySegment words, int wordsPerRow, int bits) {
    return new PackedIntegers(words, wordsPerRow, bits, false, IN_ORDER);
  }

  /** Of columns that are packed. */
  static PackedIntegers down(MemorySegment words, int wordsPerRow, int bits) {
    return new PackedIntegers(words, wordsPerRow, bits, true, IN_ORDER);
  }

  /** Words that so many integers take. */
  static int words(int integers, int bits) {
    return Math.toIntExact(Math.ceilDiv((long) integers * bits, Integer.SIZE));
  }

  int get(int row, int column) {
    long bit = bit(row, column);
    int shift = (int) (bit % Integer.SIZE);
    long at = word(row, column, bit);
    int value = words.getAtIndex(WORD, at) >>> shift;
    if (shift + bits > Integer.SIZE) {
      value |= words.getAtIndex(WORD, at + stride()) << (Integer.SIZE - shift);
    }
    return value & ((1 << bits) - 1);
  }

  /** Writes an integer where zero is. */
  void set(int row, int column, int value) {
    long bit = bit(row, column);
    int shift = (int) (bit % Integer.SIZE);
    long at = word(row, column, bit);
    words.setAtIndex(WORD, at, words.getAtIndex(WORD, at) | value << shift);
    if (shift + bits > Integer.SIZE) {
      long next = at + stride();
      words.setAtIndex(WORD, next, words.getAtIndex(WORD, next) | value >>> (Integer.SIZE - shift));
    }
  }

  /** The same as {@link #set} everywhere. */
  void fill(int rows, int columns, int value) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        set(row, column, value);
      }
    }
  }

  /** Where an integer begins in the bits of its row, or of its column if that shares words. */
  private long bit(int row, int column) {
    int number = isDown ? row : column;
    if (places.length > 0) {
      int inWord = number % places.length;
      number = number - inWord + places[inWord];
    }
    return (long) number * bits;
  }

  private long word(int row, int column, long bit) {
    long word = bit / Integer.SIZE;
    return isDown ? word * wordsPerRow + column : (long) row * wordsPerRow + word;
  }

  /** From a word to the next of the same row, or column. */
  private int stride() {
    return isDown ? wordsPerRow : 1;
  }
}
