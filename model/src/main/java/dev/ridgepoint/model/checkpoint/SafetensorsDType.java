package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import java.util.Optional;

/**
 * Every element type that a safetensors header may name. Constants are spelt as in the file. Most
 * are known only so that a tensor's size can be checked; {@link #engineDType} says which can be
 * computed with.
 */
public enum SafetensorsDType implements StorageType {
  BOOL(8),
  F4(4),
  F6_E2M3(6),
  F6_E3M2(6),
  U8(8),
  I8(8),
  F8_E5M2(8),
  F8_E4M3(8),
  F8_E8M0(8),
  F8_E4M3FNUZ(8),
  F8_E5M2FNUZ(8),
  I16(16),
  U16(16),
  F16(16),
  BF16(16),
  I32(32),
  U32(32),
  F32(32),
  C64(64),
  F64(64),
  I64(64),
  U64(64);

  private final int elementBits;

  SafetensorsDType(int elementBits) {
    this.elementBits = elementBits;
  }

  /** The type of this exact name, if the format has one. */
  public static Optional<SafetensorsDType> named(String name) {
    for (SafetensorsDType dtype : values()) {
      if (dtype.name().equals(name)) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }

  /**
   * The type that stores what the engine's does.
   *
   * @throws IllegalArgumentException if the format has none
   */
  static SafetensorsDType of(DType dtype) {
    return switch (dtype) {
      case F32 -> F32;
      case F16 -> F16;
      case BF16 -> BF16;
      case Q8_0, Q4_0 -> throw new IllegalArgumentException("safetensors has no " + dtype);
    };
  }

  /** Bits of one element; types below a byte are packed without gaps. */
  public int elementBits() {
    return elementBits;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ArithmeticException beyond 2^63 bits, or if the elements do not fill whole bytes
   */
  @Override
  public long bytes(long elements) {
    long bits = Math.multiplyExact(elements, elementBits);
    if (bits % Byte.SIZE != 0) {
      throw new ArithmeticException(bits + " bits are no whole number of bytes");
    }
    return bits / Byte.SIZE;
  }

  @Override
  public Optional<DType> engineDType() {
    return switch (this) {
      case F32 -> Optional.of(DType.F32);
      case F16 -> Optional.of(DType.F16);
      case BF16 -> Optional.of(DType.BF16);
      default -> Optional.empty();
    };
  }
}
