package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.codecs.IntegerBlockCodec;
import dev.ridgepoint.engine.codecs.Q4Codec;

/**
 * The integers that {@link DType#Q4_0} or {@link DType#Q8_0} stores with a scale, one by one: the
 * codecs choose scale and integers of a block at once, methods that correct later numbers by the
 * error of earlier ones choose the scale first, and may share it between blocks.
 */
public enum BlockGrid {
  Q4(DType.Q4_0, -8, 7) {
    // The number of greatest magnitude, the first of several, becomes -8.
    @Override
    float scale(float[] numbers, int from, int to) {
      float extreme = 0;
      for (int i = from; i < to; i++) {
        if (Math.abs(numbers[i]) > Math.abs(extreme)) {
          extreme = numbers[i];
        }
      }
      return extreme / -8;
    }

    @Override
    int rounded(float steps) {
      return (int) (steps + 8.5f) - 8;
    }
  },
  Q8(DType.Q8_0, -127, 127) {
    @Override
    float scale(float[] numbers, int from, int to) {
      float greatest = 0;
      for (int i = from; i < to; i++) {
        greatest = Math.max(greatest, Math.abs(numbers[i]));
      }
      return greatest / 127;
    }

    @Override
    int rounded(float steps) {
      return (int) (steps + Math.copySign(0.5, steps));
    }
  };

  /** Numbers of a block of either type. */
  public static final int BLOCK = Q4Codec.BLOCK_ELEMENTS;

  private final DType dtype;
  private final int least;
  private final int most;

  BlockGrid(DType dtype, int least, int most) {
    this.dtype = dtype;
    this.least = least;
    this.most = most;
  }

  /** The scale that the codec chooses for a block of these numbers, before it is rounded to F16. */
  abstract float scale(float[] numbers, int from, int to);

  /** To the nearest integer as the codec rounds; beyond the ends of the grid, too. */
  abstract int rounded(float steps);

  /** The integer that a number becomes. */
  int quant(float number, float scale) {
    float inverse = scale == 0 ? 0 : 1 / scale;
    return Math.clamp(rounded(number * inverse), least, most);
  }

  /** What an integer stands for in a file. */
  float value(int quant, float scale) {
    return quant * Float.float16ToFloat(Float.floatToFloat16(scale));
  }

  /** Bits of an integer. */
  public int bits() {
    return this == Q4 ? 4 : 8;
  }

  /** What the numbers are stored as. */
  public DType dtype() {
    return dtype;
  }

  IntegerBlockCodec codec() {
    return (IntegerBlockCodec) dtype.codec();
  }
}
