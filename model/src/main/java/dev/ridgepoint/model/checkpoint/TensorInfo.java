package dev.ridgepoint.model.checkpoint;

import java.util.List;

/**
 * One entry of a safetensors header.
 *
 * @param name the tensor's name, unescaped
 * @param dtype how its elements are stored
 * @param shape its dimensions, outermost first; empty for a scalar
 * @param begin its first byte, counted from the end of the header
 * @param end the byte after its last, counted from the end of the header
 */
public record TensorInfo(
    String name, SafetensorsDType dtype, List<Long> shape, long begin, long end) {

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
