package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A storage format: {@code blockElements} consecutive elements of a row take {@code blockBytes},
 * scales included. A row has whole groups; where several make the whole bytes of a block, groups of
 * the next row may stand in its last one. Wider than what the engine computes with; plain formats
 * have blocks of one element. GGUF's blocks are the structs of {@code ggml-common.h} in ggml.
 *
 * @param name what the user calls it
 * @param groupElements elements that share a scale, of which a block has a whole number
 * @param blockElements elements that share one block
 * @param blockBytes bytes of one block, the scales and offsets in it included
 * @param isFlat whether blocks run on from one row into the next
 * @param scales what is stored beside the blocks of a matrix
 */
public record Precision(
    String name,
    int groupElements,
    int blockElements,
    int blockBytes,
    boolean isFlat,
    List<Scale> scales) {
  /**
   * Something stored once for each tile of a matrix, such as a scale.
   *
   * @param rows of a tile, or {@link #ALL}
   * @param columns of a tile, or {@link #ALL}
   * @param bytes for each tile
   */
  public record Scale(int rows, int columns, int bytes) {
    /** Stands for as many as the matrix has. */
    public static final int ALL = Integer.MAX_VALUE;

    public Scale {
      if (rows < 1 || columns < 1 || bytes < 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "a scale of %d bytes for tiles of %d x %d; all must be positive",
                bytes,
                rows,
                columns));
      }
    }

    /** One for each row of a matrix. */
    static Scale perRow(int bytes) {
      return new Scale(1, ALL, bytes);
    }

    /** One for a whole matrix. */
    static Scale perMatrix(int bytes) {
      return new Scale(ALL, ALL, bytes);
    }

    private long bytesOf(long matrixRows, long matrixColumns) {
      long tiles =
          Math.multiplyExact(
              Math.ceilDiv(matrixRows, (long) rows), Math.ceilDiv(matrixColumns, (long) columns));
      return Math.multiplyExact(tiles, (long) bytes);
    }
  }

  /** Elements that a block of a K-quant holds: {@code QK_K} of ggml. */
  public static final int SUPER_BLOCK = 256;

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

  /** GGUF's block of 32 4-bit integers, one F16 scale and one F16 minimum. */
  public static final Precision Q4_1 = new Precision("Q4_1", 32, 20);

  /** GGUF's block of 32 5-bit integers and one F16 scale. */
  public static final Precision Q5_0 = new Precision("Q5_0", 32, 22);

  /** GGUF's block of 32 5-bit integers, one F16 scale and one F16 minimum. */
  public static final Precision Q5_1 = new Precision("Q5_1", 32, 24);

  /** GGUF's block of 32 indices into 16 unevenly spaced values, and one F16 scale. */
  public static final Precision IQ4_NL = new Precision("IQ4_NL", 32, 18);

  /** The same values in super-blocks: 256 indices, 8 6-bit scales, one F16 factor. */
  public static final Precision IQ4_XS = new Precision("IQ4_XS", SUPER_BLOCK, 136);

  /** GGUF's 2-bit K-quant: 256 integers, 16 bytes of 4-bit scales and minima, two F16 factors. */
  public static final Precision Q2_K = new Precision("Q2_K", SUPER_BLOCK, 84);

  /** GGUF's 3-bit K-quant: 256 integers, 12 bytes of 6-bit scales, one F16 factor. */
  public static final Precision Q3_K = new Precision("Q3_K", SUPER_BLOCK, 110);

  /** GGUF's 4-bit K-quant: 256 integers, 12 bytes of 6-bit scales and minima, two F16 factors. */
  public static final Precision Q4_K = new Precision("Q4_K", SUPER_BLOCK, 144);

  /** GGUF's 5-bit K-quant: 256 integers, 12 bytes of 6-bit scales and minima, two F16 factors. */
  public static final Precision Q5_K = new Precision("Q5_K", SUPER_BLOCK, 176);

  /** GGUF's 6-bit K-quant: 256 integers, 16 8-bit scales, one F16 factor. */
  public static final Precision Q6_K = new Precision("Q6_K", SUPER_BLOCK, 210);

  /** 8-bit floating point, E4M3 or E5M2 (Micikevicius et al. 2022, arXiv:2209.05433). */
  public static final Precision FP8 = new Precision("FP8", 1, 1);

  /** 8-bit integers whose few scales (per tensor or row) are not counted. */
  public static final Precision INT8 = new Precision("INT8", 1, 1);

  /** 16 4-bit floats with an FP8 scale; scales of the whole matrix are the file's. */
  public static final Precision NVFP4 = new Precision("NVFP4", 16, 9);

  /** 32 4-bit floats with an 8-bit scale (Rouhani et al. 2023, arXiv:2310.10537). */
  public static final Precision MXFP4 = new Precision("MXFP4", 32, 17);

  private static final List<Precision> KNOWN =
      List.of(
          F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, IQ4_NL, IQ4_XS, Q2_K, Q3_K, Q4_K, Q5_K,
          Q6_K, FP8, INT8, NVFP4, MXFP4);
  private static final Pattern GROUPED = Pattern.compile("INT([1-8])-G([1-9][0-9]{0,4})(Z?)");
  private static final int F16_BITS = 16;

  public Precision {
    scales = List.copyOf(scales);
    if (blockElements < 1 || blockBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "precision %s: blocks of %d elements in %d bytes; both must be positive",
              name,
              blockElements,
              blockBytes));
    }
  }

  /** Blocks of one group alone, which end with the row. */
  public Precision(String name, int blockElements, int blockBytes) {
    this(name, blockElements, blockElements, blockBytes, false, List.of());
  }

  /** The same with something beside the blocks. */
  public Precision with(Scale... others) {
    List<Scale> all = new ArrayList<>(scales);
    all.addAll(List.of(others));
    return new Precision(name, groupElements, blockElements, blockBytes, isFlat, all);
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
        .or(() -> groupedNamed(name))
        .orElseThrow(
            () ->
                new InvalidInputException(
                    source,
                    "precision \"%s\" is unknown; known are %s, and INT4-G128 or the like"
                        .formatted(
                            StrictJson.cut(name),
                            String.join(", ", KNOWN.stream().map(Precision::name).toList()))));
  }

  /**
   * Integers that share an F16 scale in groups, as GPTQ (Frantar et al. 2022, arXiv:2210.17323) and
   * AWQ (Lin et al. 2023, arXiv:2306.00978) store weights. Named such as {@code INT4-G128}, or
   * {@code INT4-G128Z} with a zero point.
   *
   * @param bits of one integer, 1 to 8
   * @param groupSize integers of one group
   * @param hasZeroPoint whether each group has a zero point of as many bits as an integer
   */
  public static Precision grouped(int bits, int groupSize, boolean hasZeroPoint) {
    int groupBits = bits * groupSize + F16_BITS + (hasZeroPoint ? bits : 0);
    String name =
        String.format(Locale.ROOT, "INT%d-G%d%s", bits, groupSize, hasZeroPoint ? "Z" : "");
    return ofBits(name, groupSize, groupBits);
  }

  /**
   * Of each {@code group} elements only {@code kept} are stored in this format, each with the index
   * of its place (Mishra et al. 2021, arXiv:2104.08378, for 2 of 4).
   *
   * @throws IllegalArgumentException unless 1 &lt;= kept &lt; group
   */
  public Precision sparse(int kept, int group) {
    if (kept < 1 || kept >= group) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "sparsity must keep 1..%d of %d, but keeps %d", group - 1, group, kept));
    }
    int indexBits = Integer.SIZE - Integer.numberOfLeadingZeros(group - 1);
    // The least whole blocks of stored elements: kept / divisor for group / divisor.
    int divisor = BigInteger.valueOf(kept).gcd(BigInteger.valueOf(group)).intValue();
    int storedBits = kept / divisor * (blockBytes * Byte.SIZE + blockElements * indexBits);
    String sparseName = String.format(Locale.ROOT, "%s %d:%d", name, kept, group);
    Precision blocks = ofBits(sparseName, group / divisor * blockElements, storedBits);
    return new Precision(
        sparseName,
        blocks.groupElements,
        blocks.blockElements,
        blocks.blockBytes,
        isFlat,
        blocks.scales);
  }

  /**
   * A part of the elements is left out, wherever it is: one bit per element says which are there,
   * and those are stored in this format, without gaps. The memory shrinks; no device multiplies
   * such matrices faster by itself.
   *
   * @param percent elements left out, 0 to 100
   * @throws IllegalArgumentException for another percentage
   */
  public Precision pruned(int percent) {
    int all = 100;
    if (percent < 0 || percent > all) {
      throw new IllegalArgumentException("percent must lie in 0..100, but is " + percent);
    }
    // The least whole blocks of stored elements, and whole bytes of bits.
    int kept = all - percent;
    int divisor = BigInteger.valueOf(kept).gcd(BigInteger.valueOf(all)).intValue();
    int elements = all / divisor * blockElements * Byte.SIZE;
    int bytes = elements / Byte.SIZE + kept / divisor * Byte.SIZE * blockBytes;
    return new Precision("%s pruned".formatted(name), elements, elements, bytes, true, scales);
  }

  /** Whether integers that share a scale in groups. */
  boolean isGrouped() {
    return GROUPED.matcher(name).matches();
  }

  /** Bits per element of a full block, scales and indices in it included. */
  public double bitsPerElement() {
    return (double) blockBytes * Byte.SIZE / blockElements;
  }

  /** As many groups in a block as fill whole bytes. */
  private static Precision ofBits(String name, int elements, int bits) {
    int groups = 1;
    while (groups * bits % Byte.SIZE != 0) {
      groups *= 2;
    }
    return new Precision(
        name, elements, groups * elements, groups * bits / Byte.SIZE, false, List.of());
  }

  private static Optional<Precision> groupedNamed(String name) {
    Matcher matcher = GROUPED.matcher(name.toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        grouped(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            !matcher.group(3).isEmpty()));
  }

  /**
   * Bytes of one row. A last group that the row does not fill is stored whole.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long rowBytes(long elements) {
    return groupBytes(groups(elements));
  }

  private long groups(long elements) {
    return Math.ceilDiv(elements, groupElements);
  }

  private long groupBytes(long groups) {
    return Math.ceilDiv(
        Math.multiplyExact(groups, (long) blockBytes), blockElements / groupElements);
  }

  /**
   * Bytes of a row-major matrix, with all that is stored beside its blocks.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long matrixBytes(long rows, long columns) {
    long bytes =
        groupBytes(
            isFlat
                ? groups(Math.multiplyExact(rows, columns))
                : Math.multiplyExact(rows, groups(columns)));
    for (Scale scale : scales) {
      bytes = Math.addExact(bytes, scale.bytesOf(rows, columns));
    }
    return bytes;
  }
}
