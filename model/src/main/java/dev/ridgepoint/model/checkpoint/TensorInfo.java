package dev.ridgepoint.model.checkpoint;

import java.util.List;

/**
 * One tensor of a file, as its header has it.
 *
 * @param name the tensor's name in the file
 * @param dtype how its elements are stored
 * @param shape its dimensions, outermost first; empty for a scalar
 * @param begin its first byte, counted from where the file's data begin
 * @param end the byte after its last, counted likewise
 */
public record TensorInfo(String name, StorageType dtype, List<Long> shape, long begin, long end) {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Number of elements; {@link ArithmeticException} beyond 2^63. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Bytes in the file. */
  public long byteSize() {
    return end - begin;
  }
}
