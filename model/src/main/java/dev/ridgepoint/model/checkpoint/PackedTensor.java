package dev.ridgepoint.model.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/**
 * A tensor of a safetensors file that is written as its bytes are.
 *
 * @param filler writes them, little-endian, into zeros
 */
record PackedTensor(
    String name, List<Long> shape, SafetensorsDType dtype, Consumer<MemorySegment> filler)
    implements FileTensor {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  PackedTensor {
    shape = List.copyOf(shape);
  }

  /** A vector of I32. */
  static PackedTensor ints(String name, int[] values) {
    return new PackedTensor(
        name,
        List.of((long) values.length),
        SafetensorsDType.I32,
        target -> MemorySegment.copy(values, 0, target, INT, 0, values.length));
  }

  /** A vector of I64. */
  static PackedTensor longs(String name, long... values) {
    return new PackedTensor(
        name,
        List.of((long) values.length),
        SafetensorsDType.I64,
        target -> MemorySegment.copy(values, 0, target, LONG, 0, values.length));
  }

  @Override
  public long byteSize() {
    return dtype.bytes(shape.stream().reduce(1L, Math::multiplyExact));
  }

  /** Its bytes. */
  MemorySegment bytes(Arena arena) {
    MemorySegment bytes = arena.allocate(byteSize());
    filler.accept(bytes);
    return bytes;
  }
}
