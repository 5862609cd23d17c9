package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import java.util.Arrays;
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
  F16(16, "float16"),
  BF16(16, "bfloat16"),
  I32(32),
  U32(32),
  F32(32, "float32"),
  C64(64),
  F64(64),
  I64(64),
  U64(64);

  private final int elementBits;
  private final String torchName;

  SafetensorsDType(int elementBits) {
    this(elementBits, "");
  }

  SafetensorsDType(int elementBits, String torchName) {
    this.elementBits = elementBits;
    this.torchName = torchName;
  }

  /** The type of this exact name, if the format has one. */
  public static Optional<SafetensorsDType> named(String name) {
    return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
  }

  /**
   * The type that stores what the engine's does.
   *
   * @throws IllegalArgumentException if the format has none
   */
  static SafetensorsDType of(DType dtype) {
    return named(dtype.name())
        .orElseThrow(() -> new IllegalArgumentException("safetensors has no " + dtype));
  }

  /** What a {@code config.json} calls it as the dtype of weights; empty if they are in none. */
  String torchName() {
    return torchName;
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
}
