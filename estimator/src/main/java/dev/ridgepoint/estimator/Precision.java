package dev.ridgepoint.estimator;

import java.util.List;

/**
 * A storage format: {@code blockElements} consecutive elements of a row take {@code blockBytes},
 * scales included. Wider than what the engine computes with; plain formats have blocks of one
 * element.
 *
 * @param name what the user calls it
 * @param blockElements elements that share one block
 * @param blockBytes bytes of one block, scales and offsets included
 */
public record Precision(String name, int blockElements, int blockBytes) {
  /** IEEE 754 single precision. */
  public static final Precision F32 = new Precision("F32", 1, 4);

  /** IEEE 754 half precision. */
  public static final Precision F16 = new Precision("F16", 1, 2);

  /** The upper half of an F32. */
  public static final Precision BF16 = new Precision("BF16", 1, 2);

  /** GGUF's block of 32 8-bit integers and one F16 scale. */
  public static final Precision Q8_0 = new Precision("Q8_0", 32, 34);

  /** GGUF's block of 32 4-bit integers and one F16 scale. */
  public static final Precision Q4_0 = new Precision("Q4_0", 32, 18);

  private static final List<Precision> KNOWN = List.of(F32, F16, BF16, Q8_0, Q4_0);

  public Precision {
    if (blockElements < 1 || blockBytes < 1) {
      throw new IllegalArgumentException(
          "precision %s: blocks of %d elements in %d bytes; both must be positive"
              .formatted(name, blockElements, blockBytes));
    }
  }

  /**
   * The format of a name, in any case of letters.
   *
   * @param source the flag or file that holds the name
   * @throws InvalidInputException if there is none
   */
  public static Precision named(String source, String name) {
    return KNOWN.stream()
        .filter(precision -> precision.name.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    source,
                    "precision \"%s\" is unknown; known are %s"
                        .formatted(
                            StrictJson.cut(name),
                            String.join(", ", KNOWN.stream().map(Precision::name).toList()))));
  }

  /**
   * Bytes of one row. Rows do not share blocks: a last block that the row does not fill is stored
   * whole.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long rowBytes(long elements) {
    return Math.multiplyExact(Math.ceilDiv(elements, blockElements), (long) blockBytes);
  }

  /**
   * Bytes of a row-major matrix.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long matrixBytes(long rows, long columns) {
    return Math.multiplyExact(rows, rowBytes(columns));
  }
}
