package dev.ridgepoint.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;

/**
 * A dense row-major array of numbers in off-heap memory. The memory outlives the tensor as its
 * {@link Arena} says; a tensor itself is a view and costs nothing to make.
 */
public final class Tensor {
  /** Alignment of every tensor that {@link #allocate} makes: one cache line, one 512-bit vector. */
  public static final int ALIGNMENT_BYTES = 64;

  private final DType dtype;
  private final int[] shape;
  private final MemorySegment segment;

  private Tensor(DType dtype, MemorySegment segment, int[] shape) {
    this.dtype = dtype;
    this.segment = segment;
    this.shape = shape;
  }

  /**
   * A zeroed tensor, aligned to 64 bytes.
   *
   * @throws IllegalArgumentException if a dimension is negative, or the last one is no whole number
   *     of the dtype's blocks
   * @throws ArithmeticException if the size exceeds 2^63 bytes
   */
  public static Tensor allocate(Arena arena, DType dtype, int... shape) {
    long bytes = bytes(dtype, shape);
    return new Tensor(dtype, arena.allocate(bytes, ALIGNMENT_BYTES), shape.clone());
  }

  /**
   * A view of memory that somebody else owns, of any alignment.
   *
   * @throws IllegalArgumentException if the segment's size is not that of the shape
   */
  public static Tensor of(DType dtype, MemorySegment segment, int... shape) {
    long bytes = bytes(dtype, shape);
    if (segment.byteSize() != bytes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s %s needs %d bytes, but the segment has %d",
              dtype,
              Arrays.toString(shape),
              bytes,
              segment.byteSize()));
    }
    return new Tensor(dtype, segment, shape.clone());
  }

  /** Blocks do not reach from one row into the next. */
  private static long bytes(DType dtype, int[] shape) {
    int rowElements = shape.length == 0 ? 1 : shape[shape.length - 1];
    if (rowElements % dtype.blockElements() != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "rows of %d in %s; %s needs a multiple of %d",
              rowElements,
              Arrays.toString(shape),
              dtype,
              dtype.blockElements()));
    }
    return dtype.bytes(elements(shape));
  }

  private static long elements(int[] shape) {
    long elements = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
      }
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  public DType dtype() {
    return dtype;
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** Size of dimension {@code axis}. */
  public int size(int axis) {
    return shape[axis];
  }

  /** All dimensions, outermost first. */
  public int[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public long elements() {
    return elements(shape);
  }

  public long byteSize() {
    return segment.byteSize();
  }

  public MemorySegment segment() {
    return segment;
  }

  /** The first {@code rows} rows along the outermost dimension, as a view. */
  public Tensor rows(int rows) {
    return rows(0, rows);
  }

  /** {@code count} rows along the outermost dimension from {@code first}, as a view. */
  public Tensor rows(int first, int count) {
    if (first < 0 || count < 0 || first + count > shape[0]) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "rows %d..%d of a tensor with %d rows", first, first + count, shape[0]));
    }
    int[] slice = shape.clone();
    slice[0] = count;
    long rowBytes = shape[0] == 0 ? 0 : dtype.bytes(elements() / shape[0]);
    return new Tensor(dtype, segment.asSlice(first * rowBytes, count * rowBytes), slice);
  }

  /** Element {@code index} in row-major order, widened to float. Slow: for tests and edges. */
  public float get(long index) {
    int block = dtype.blockElements();
    int inBlock = Math.toIntExact(index % block);
    float[] elements = new float[block];
    read(index - inBlock, elements, 0, block);
    return elements[inBlock];
  }

  /**
   * Copies {@code count} elements from {@code index} on, widened to float, into {@code target}.
   * Both are multiples of the dtype's {@link DType#blockElements}.
   *
   * @throws IllegalArgumentException if they are not
   */
  public void read(long index, float[] target, int targetOffset, int count) {
    long start = dtype.bytes(index);
    dtype
        .decoder()
        .decode(segment.asSlice(start, dtype.bytes(count)), 0, count, target, targetOffset);
  }

  /** The rows of a matrix [rows, columns]; in this tensor's own dtype they are its own bytes. */
  public RowSource rowSource() {
    int columns = shape[1];
    long rowBytes = dtype.bytes(columns);
    return new RowSource() {
      @Override
      public void read(int row, float[] target, int offset) {
        Tensor.this.read((long) row * columns, target, offset, columns);
      }

      @Override
      public void encode(int row, int count, DType type, MemorySegment target, long offset) {
        if (type == dtype) {
          MemorySegment.copy(segment, row * rowBytes, target, offset, rowBytes);
        } else {
          RowSource.super.encode(row, count, type, target, offset);
        }
      }
    };
  }

  /**
   * Replaces all elements by {@code source}'s, rounded or quantised to this tensor's dtype where
   * they are not stored so already; several rows at once.
   *
   * @param source rows of a matrix [rows, columns], which this tensor must be
   */
  public void encode(Workers workers, RowSource source) {
    int columns = shape[1];
    long rowBytes = dtype.bytes(columns);
    workers.run(
        shape[0],
        1,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            source.encode(i, columns, dtype, segment, i * rowBytes);
          }
        });
  }

  @Override
  public String toString() {
    return dtype + Arrays.toString(shape);
  }
}
