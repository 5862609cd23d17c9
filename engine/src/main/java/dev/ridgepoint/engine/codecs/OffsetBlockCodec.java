package dev.ridgepoint.engine.codecs;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 32 unsigned integers q of few bits behind an F16 scale d: a number is {@code d * (q -
 * zeroPoint)}, where the zero point is half of all values of q.
 *
 * <p>The number of greatest magnitude, the first of several, becomes q = 0, so that d has the sign
 * opposite to its; q is rounded to the nearest with the scale from before its own rounding to F16,
 * and what would be beyond the greatest is the greatest.
 */
abstract sealed class OffsetBlockCodec implements IntegerBlockCodec permits Q4Codec, Q5Codec {
  /** Numbers of one block. */
  public static final int BLOCK_ELEMENTS = 32;

  private final int zeroPoint;

  OffsetBlockCodec(int zeroPoint) {
    this.zeroPoint = zeroPoint;
  }

  @Override
  public final int blockElements() {
    return BLOCK_ELEMENTS;
  }

  @Override
  public final boolean holds(float magnitude) {
    return F16Codec.isFinite(magnitude / zeroPoint);
  }

  @Override
  public final int least() {
    return -zeroPoint;
  }

  @Override
  public final int greatest() {
    return zeroPoint - 1;
  }

  @Override
  public final void encode(
      float[] source, int sourceOffset, int count, MemorySegment target, long targetOffset) {
    int[] integers = new int[BLOCK_ELEMENTS];
    long block = targetOffset;
    for (int from = sourceOffset; from < sourceOffset + count; from += BLOCK_ELEMENTS) {
      float scale = extreme(source, from) / -zeroPoint;
      float inverse = scale == 0 ? 0 : 1 / scale;
      for (int i = 0; i < BLOCK_ELEMENTS; i++) {
        integers[i] = rounded(source[from + i] * inverse);
      }
      writeBlock(Float.floatToFloat16(scale), integers, target, block);
      block += blockBytes();
    }
  }

  /** The first number of the greatest magnitude, with its sign. */
  private static float extreme(float[] source, int from) {
    float extreme = 0;
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      float value = source[from + i];
      if (Math.abs(value) > Math.abs(extreme)) {
        extreme = value;
      }
    }
    return extreme;
  }

  /** Truncated from above zero, as ggml does it. */
  private int rounded(float steps) {
    return Math.clamp((int) (steps + (zeroPoint + 0.5f)), 0, 2 * zeroPoint - 1) - zeroPoint;
  }
}
