package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Blocking.PANEL;

/** How kernels find numbers in the bits of a packed panel, beyond plain floats. */
public final class PanelLayout {
  /** Of an int with two bfloat16 numbers: the bits of the one in its upper half, as a float. */
  public static final int BF16_UPPER = 0xffff0000;

  /** Sign, exponent and mantissa of a half that was shifted to where a float has them. */
  public static final int F16_SHIFTED = 0x8fffe000;

  /** 2 to the difference of the exponents' biases, 127 - 15. */
  public static final float F16_BIAS = 0x1p112f;

  /** Steps that share a scale, in every quantised format. */
  public static final int BLOCK_STEPS = 32;

  /** Bytes of a block's scales. */
  public static final int SCALE_BYTES = 2 * PANEL;

  /** Bytes of the ints that hold as many steps of all columns as fit into one. */
  public static final int INTS_BYTES = 4 * PANEL;

  private PanelLayout() {}

  /** Bytes of a block of {@link #BLOCK_STEPS} steps of {@code bits} each, scales included. */
  public static long blockBytes(int bits) {
    return SCALE_BYTES + (long) bits * INTS_BYTES;
  }
}
