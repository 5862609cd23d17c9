package dev.ridgepoint.engine.ops;

import java.util.Locale;

/**
 * The same elements of every head in the rows of an activation.
 *
 * @param x {@code [rows][width]}
 * @param heads that have the part
 * @param first where that of the first head begins in a row
 * @param stride from one head's to the next one's
 * @param elements of each
 */
public record HeadPart(Activation x, int heads, int first, int stride, int elements) {
  /**
   * @throws IllegalArgumentException if there is none, heads overlap, or a row does not hold all
   */
  public HeadPart {
    boolean isWithin =
        heads >= 1
            && first >= 0
            && elements >= 1
            && stride >= elements
            && first + (heads - 1L) * stride + elements <= x.width();
    if (!isWithin) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d heads of %d elements from %d on, %d apart, in rows of %d",
              heads,
              elements,
              first,
              stride,
              x.width()));
    }
  }

  /** All rows, which consist of heads. */
  public static HeadPart all(Activation x, int heads) {
    int elements = x.width() / heads;
    return new HeadPart(x, heads, 0, elements, elements);
  }

  /** The byte where a head's begins. */
  long offset(int row, int head) {
    return Float.BYTES * ((long) row * x.width() + first + (long) head * stride);
  }
}
