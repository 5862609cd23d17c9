package dev.ridgepoint.engine;

import dev.ridgepoint.engine.kernels.PanelFormat;

/** How the elements of a tensor are stored. */
public enum DType {
  /** IEEE 754 single precision. */
  F32(4),
  /** The upper half of an {@link #F32}: 8 exponent bits, 7 stored mantissa bits. */
  BF16(2),
  /** IEEE 754 half precision. */
  F16(2);

  private final int elementBytes;

  DType(int elementBytes) {
    this.elementBytes = elementBytes;
  }

  /** Bytes of one element. */
  public int elementBytes() {
    return elementBytes;
  }

  /** Bytes of {@code elements} elements; {@link ArithmeticException} beyond 2^63. */
  public long bytes(long elements) {
    return Math.multiplyExact(elements, elementBytes);
  }

  /**
   * The layout of packed panels in this type.
   *
   * @throws IllegalArgumentException if there are no kernels for it
   */
  PanelFormat panelFormat() {
    return switch (this) {
      case F32 -> PanelFormat.F32;
      case BF16 -> PanelFormat.BF16;
      case F16 -> throw new IllegalArgumentException("no kernels for panels in F16");
    };
  }
}
