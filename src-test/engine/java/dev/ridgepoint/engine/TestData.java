package dev.ridgepoint.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ridgepoint.engine.codecs.SubBlockDecoder;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;

/** Random tensors and the bound on the error of a float sum. */
public final class TestData {
  private TestData() {}

  /** The types that numbers are rounded to. */
  public static Stream<DType> encoded() {
    return DType.encoded().stream();
  }

  /** Those of them whose elements share a scale. */
  public static Stream<DType> quantised() {
    return DType.encoded().stream().filter(DType::isQuantised);
  }

  /** Those of them whose elements are stored each for itself. */
  public static Stream<DType> plain() {
    return DType.encoded().stream().filter(dtype -> !dtype.isQuantised());
  }

  /** An empty cache of F32 for one layer, of whose positions a token sees all. */
  public static KvCache cache(int heads, int headDim, int capacity) {
    KvLayout layout = new KvLayout(DType.F32, heads, headDim, KvLayout.PAGE_POSITIONS);
    return new KvCache(layout, new int[] {Integer.MAX_VALUE}, capacity, capacity);
  }

  public static Tensor random(Arena arena, Random random, int... shape) {
    Tensor tensor = Tensor.allocate(arena, DType.F32, shape);
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.segment().setAtIndex(JAVA_FLOAT, i, random.nextFloat(-1, 1));
    }
    return tensor;
  }

  public static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    return values;
  }

  /** What a number becomes when stored as a {@code dtype} without blocks. */
  public static float round(DType dtype, float value) {
    return round(dtype, new float[] {value})[0];
  }

  /** The types that have panels, though numbers are only read in them. */
  public static Stream<DType> superBlocks() {
    return Stream.of(DType.Q4_K, DType.Q5_K, DType.Q6_K);
  }

  /** All types that have panels. */
  public static Stream<DType> packed() {
    return Stream.concat(encoded(), superBlocks());
  }

  /** A matrix of {@link #superBlocks} of any bits, whose numbers are up to about 1. */
  public static Tensor randomBits(Arena arena, Random random, DType dtype, int rows, int columns) {
    Tensor tensor = Tensor.allocate(arena, dtype, rows, columns);
    byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
    random.nextBytes(bytes);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, tensor.segment(), 0, bytes.length);
    SubBlockDecoder decoder = (SubBlockDecoder) dtype.decoder();
    // Of scales up to 128 and integers up to 32 in Q6_K, and less in the others.
    float greatest = 1f / (128 * 32);
    for (int block = 0; block < bytes.length; block += decoder.blockBytes()) {
      for (int factor : decoder.factorOffsets()) {
        short bits = Float.floatToFloat16(random.nextFloat(-greatest, greatest));
        tensor.segment().set(JAVA_SHORT_UNALIGNED, block + factor, bits);
      }
    }
    return tensor;
  }

  /** Rows of {@code columns} numbers up to about 1, of any type that has panels. */
  public static MemorySegment rows(Arena arena, Random random, DType dtype, int rows, int columns) {
    return dtype.decoder() instanceof SubBlockDecoder
        ? randomBits(arena, random, dtype, rows, columns).segment()
        : encode(dtype, random(random, rows * columns));
  }

  /** A row as {@code dtype} stores it. */
  public static MemorySegment encode(DType dtype, float[] row) {
    MemorySegment encoded = MemorySegment.ofArray(new byte[(int) dtype.bytes(row.length)]);
    dtype.codec().encode(row, 0, row.length, encoded, 0);
    return encoded;
  }

  /** What a row becomes when stored as {@code dtype}, by the row codecs, which have own tests. */
  public static float[] round(DType dtype, float[] row) {
    float[] rounded = new float[row.length];
    dtype.codec().decode(encode(dtype, row), 0, row.length, rounded, 0);
    return rounded;
  }

  /**
   * Bound on the error of a float dot product of {@code depth} terms, each at most 1 (Higham 2002,
   * section 3.1), with room for an addend.
   */
  public static double dotTolerance(int depth) {
    return (depth + 2.0) * (depth + 2.0) * Math.ulp(1f) / 2;
  }
}
