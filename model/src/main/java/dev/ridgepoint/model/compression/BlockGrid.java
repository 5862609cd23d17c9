package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.codecs.Q4Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The numbers that a block of {@link DType#Q4_0} or {@link DType#Q8_0} can hold, one by one: the
 * codecs choose scale and integers of a block at once, methods that correct later numbers by the
 * error of earlier ones choose the scale first.
 */
public enum BlockGrid {
  Q4(DType.Q4_0, -8, 7) {
    // The number of greatest magnitude, the first of several, becomes -8.
    @Override
    float scale(float[] numbers, int from) {
      float extreme = 0;
      for (int i = from; i < from + BLOCK; i++) {
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

    @Override
    void writeQuants(int[] quants, MemorySegment target, long at) {
      int half = BLOCK / 2;
      for (int i = 0; i < half; i++) {
        int pair = (quants[i] + 8) | (quants[i + half] + 8) << 4;
        target.set(ValueLayout.JAVA_BYTE, at + i, (byte) pair);
      }
    }
  },
  Q8(DType.Q8_0, -127, 127) {
    @Override
    float scale(float[] numbers, int from) {
      float greatest = 0;
      for (int i = from; i < from + BLOCK; i++) {
        greatest = Math.max(greatest, Math.abs(numbers[i]));
      }
      return greatest / 127;
    }

    @Override
    int rounded(float steps) {
      return (int) (steps + Math.copySign(0.5, steps));
    }

    @Override
    void writeQuants(int[] quants, MemorySegment target, long at) {
      for (int i = 0; i < BLOCK; i++) {
        target.set(ValueLayout.JAVA_BYTE, at + i, (byte) quants[i]);
      }
    }
  };

  /** Numbers of a block of either type, which share a scale. */
  public static final int BLOCK = Q4Codec.BLOCK_ELEMENTS;

  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DType dtype;
  private final int least;
  private final int most;

  BlockGrid(DType dtype, int least, int most) {
    this.dtype = dtype;
    this.least = least;
    this.most = most;
  }

  /** The grid of a type's numbers. */
  public static BlockGrid of(DType dtype) {
    for (BlockGrid grid : values()) {
      if (grid.dtype == dtype) {
        return grid;
      }
    }
    throw new IllegalArgumentException("no grid of " + dtype);
  }

  /** The scale that the codec chooses for a block, before it is rounded to F16. */
  abstract float scale(float[] numbers, int from);

  /** To the nearest integer as the codec rounds; beyond the ends of the grid, too. */
  abstract int rounded(float steps);

  abstract void writeQuants(int[] quants, MemorySegment target, long at);

  /** The integer that a number becomes. */
  int quant(float number, float scale) {
    float inverse = scale == 0 ? 0 : 1 / scale;
    return Math.clamp(rounded(number * inverse), least, most);
  }

  /** What an integer stands for in a file. */
  float value(int quant, float scale) {
    return quant * Float.float16ToFloat(Float.floatToFloat16(scale));
  }

  /** Writes a block of integers. */
  void write(float scale, int[] quants, MemorySegment target, long at) {
    target.set(SCALE, at, Float.floatToFloat16(scale));
    writeQuants(quants, target, at + Short.BYTES);
  }

  /** What the numbers are stored as. */
  public DType dtype() {
    return dtype;
  }
}
