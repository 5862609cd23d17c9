package dev.ridgepoint.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

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
   * @throws IllegalArgumentException if a dimension is negative
   * @throws ArithmeticException if the size exceeds 2^63 bytes
   */
  public static Tensor allocate(Arena arena, DType dtype, int... shape) {
    long bytes = dtype.bytes(elements(shape));
    return new Tensor(dtype, arena.allocate(bytes, ALIGNMENT_BYTES), shape.clone());
  }

  /**
   * A view of memory that somebody else owns, of any alignment.
   *
   * @throws IllegalArgumentException if the segment's size is not that of the shape
   */
  public static Tensor of(DType dtype, MemorySegment segment, int... shape) {
    long bytes = dtype.bytes(elements(shape));
    if (segment.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "%s %s needs %d bytes, but the segment has %d"
              .formatted(dtype, Arrays.toString(shape), bytes, segment.byteSize()));
    }
    return new Tensor(dtype, segment, shape.clone());
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
          "rows %d..%d of a tensor with %d rows".formatted(first, first + count, shape[0]));
    }
    int[] slice = shape.clone();
    slice[0] = count;
    long rowBytes = shape[0] == 0 ? 0 : segment.byteSize() / shape[0];
    return new Tensor(dtype, segment.asSlice(first * rowBytes, count * rowBytes), slice);
  }

  /** Element {@code index} in row-major order, widened to float. Slow: for tests and edges. */
  public float get(long index) {
    return switch (dtype) {
      case F32 -> segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * 4);
      case BF16 ->
          Float.intBitsToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2) << 16);
      case F16 -> Float.float16ToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2));
    };
  }

  /** Copies {@code count} elements from {@code index} on, widened to float, into {@code target}. */
  public void read(long index, float[] target, int targetOffset, int count) {
    if (dtype == DType.F32) {
      MemorySegment.copy(
          segment, ValueLayout.JAVA_FLOAT_UNALIGNED, index * 4, target, targetOffset, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      target[targetOffset + i] = get(index + i);
    }
  }

  @Override
  public String toString() {
    return dtype + Arrays.toString(shape);
  }
}
