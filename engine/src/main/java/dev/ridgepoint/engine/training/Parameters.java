package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * All parameters of a model: their values lie one after the other in one segment, their gradients
 * in the same order in another. Each begins at a cache line.
 */
public final class Parameters implements AutoCloseable {
  private static final long LINE_FLOATS = Tensor.ALIGNMENT_BYTES / Float.BYTES;

  private final CountingArena values = new CountingArena();
  private final CountingArena gradients = new CountingArena();
  private final MemorySegment allValues;
  private final MemorySegment allGradients;
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * Parameters of zeros.
   *
   * @param shapes {@code [rows, columns]} of matrices, {@code [elements]} of vectors
   */
  public Parameters(List<int[]> shapes) {
    long floats = 0;
    for (int[] shape : shapes) {
      floats = Math.addExact(floats, aligned(elements(shape)));
    }
    long bytes = Math.multiplyExact(floats, Float.BYTES);
    allValues = values.allocate(bytes, Tensor.ALIGNMENT_BYTES);
    allGradients = gradients.allocate(bytes, Tensor.ALIGNMENT_BYTES);
    long first = 0;
    for (int[] shape : shapes) {
      long elements = elements(shape);
      parameters.add(
          new Parameter(tensor(allValues, first, shape), tensor(allGradients, first, shape)));
      first += aligned(elements);
    }
  }

  private static long elements(int[] shape) {
    long elements = 1;
    for (int size : shape) {
      elements = Math.multiplyExact(elements, size);
    }
    return elements;
  }

  private static long aligned(long floats) {
    return Math.ceilDiv(floats, LINE_FLOATS) * LINE_FLOATS;
  }

  private static Tensor tensor(MemorySegment all, long first, int[] shape) {
    MemorySegment own = all.asSlice(Float.BYTES * first, Float.BYTES * elements(shape));
    return Tensor.of(DType.F32, own, shape);
  }

  /** In the order of the shapes. */
  public List<Parameter> all() {
    return List.copyOf(parameters);
  }

  /** The gradients of all, with the zeros between them. */
  public MemorySegment gradients() {
    return allGradients;
  }

  /** Bytes of the values. */
  public long valueBytes() {
    return values.bytes();
  }

  /** Bytes of the gradients. */
  public long gradientBytes() {
    return gradients.bytes();
  }

  /** Frees values and gradients. */
  @Override
  public void close() {
    values.close();
    gradients.close();
  }
}
