package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Packs 6 rows in vectors of 8 floats, with permutations of one vector and blends of two, which
 * AVX2 has.
 *
 * <p>Lanes of two rows are zipped to pairs. Of the pairs a, b, c of rows 0 and 1, 2 and 3, 4 and 5
 * the results are a0 b0 c0 a1 | b1 c1 a2 b2 | c2 a3 b3 c3: each of the four places has, of a,
 * another pair in every result, and so of b and c. So one order of the pairs serves all three, and
 * zipping makes it: a0 a3 a2 a1, b1 b0 b3 b2, c2 c1 c0 c3.
 */
final class SixRowPacking {
  private static final int ROWS = 6;

  /** Steps that are packed at once. */
  private static final int STEPS = 8;

  private static final boolean USED = LENGTH == STEPS;

  private static final VectorShuffle<Integer> A_LOW = pairs(0, 3, 2, 1);
  private static final VectorShuffle<Integer> B_LOW = pairs(1, 0, 3, 2);
  private static final VectorShuffle<Integer> C_LOW = pairs(2, 1, 0, 3);
  private static final VectorShuffle<Integer> A_HIGH = pairs(4, 7, 6, 5);
  private static final VectorShuffle<Integer> B_HIGH = pairs(5, 4, 7, 6);
  private static final VectorShuffle<Integer> C_HIGH = pairs(6, 5, 4, 7);

  private static final VectorMask<Integer> SECOND_OF_PAIR = lanes(0b10101010);
  private static final VectorMask<Integer> PLACE_1 = lanes(0b00001100);
  private static final VectorMask<Integer> PLACE_2 = lanes(0b00110000);

  private SixRowPacking() {}

  /** A step in both lanes of each pair. */
  private static VectorShuffle<Integer> pairs(int... steps) {
    return VectorShuffle.fromOp(I, lane -> steps[lane / 2 % steps.length] % LENGTH);
  }

  private static VectorMask<Integer> lanes(long bits) {
    return VectorMask.fromLong(I, bits);
  }

  /**
   * Packs the first steps, see {@link RowPacking#interleave}; all rows of the tile exist.
   *
   * @return how many: a few less than {@code depth}, or none if this machine has other vectors
   */
  static int interleave(
      MemorySegment source,
      long sourceOffset,
      long rowBytes,
      int rows,
      int depth,
      float[] target,
      int targetOffset) {
    if (!USED || rows != ROWS) {
      return 0;
    }
    int steps = depth / STEPS * STEPS;
    interleave(source, sourceOffset, rowBytes, steps, target, targetOffset);
    return steps;
  }

  private static void interleave(
      MemorySegment source, long offset, long rowBytes, int depth, float[] target, int to) {
    for (int k = 0; k < depth; k += STEPS) {
      long at = offset + 4L * k;
      int out = to + ROWS * k;
      IntVector row0 = IntVector.fromMemorySegment(I, source, at, LITTLE_ENDIAN);
      IntVector row1 = IntVector.fromMemorySegment(I, source, at + rowBytes, LITTLE_ENDIAN);
      IntVector row2 = IntVector.fromMemorySegment(I, source, at + 2 * rowBytes, LITTLE_ENDIAN);
      IntVector row3 = IntVector.fromMemorySegment(I, source, at + 3 * rowBytes, LITTLE_ENDIAN);
      IntVector row4 = IntVector.fromMemorySegment(I, source, at + 4 * rowBytes, LITTLE_ENDIAN);
      IntVector row5 = IntVector.fromMemorySegment(I, source, at + 5 * rowBytes, LITTLE_ENDIAN);
      IntVector aLow = row0.rearrange(A_LOW).blend(row1.rearrange(A_LOW), SECOND_OF_PAIR);
      IntVector bLow = row2.rearrange(B_LOW).blend(row3.rearrange(B_LOW), SECOND_OF_PAIR);
      IntVector cLow = row4.rearrange(C_LOW).blend(row5.rearrange(C_LOW), SECOND_OF_PAIR);
      aLow.blend(bLow, PLACE_1).blend(cLow, PLACE_2).reinterpretAsFloats().intoArray(target, out);
      bLow.blend(cLow, PLACE_1)
          .blend(aLow, PLACE_2)
          .reinterpretAsFloats()
          .intoArray(target, out + LENGTH);
      cLow.blend(aLow, PLACE_1)
          .blend(bLow, PLACE_2)
          .reinterpretAsFloats()
          .intoArray(target, out + 2 * LENGTH);
      IntVector aHigh = row0.rearrange(A_HIGH).blend(row1.rearrange(A_HIGH), SECOND_OF_PAIR);
      IntVector bHigh = row2.rearrange(B_HIGH).blend(row3.rearrange(B_HIGH), SECOND_OF_PAIR);
      IntVector cHigh = row4.rearrange(C_HIGH).blend(row5.rearrange(C_HIGH), SECOND_OF_PAIR);
      aHigh
          .blend(bHigh, PLACE_1)
          .blend(cHigh, PLACE_2)
          .reinterpretAsFloats()
          .intoArray(target, out + 3 * LENGTH);
      bHigh
          .blend(cHigh, PLACE_1)
          .blend(aHigh, PLACE_2)
          .reinterpretAsFloats()
          .intoArray(target, out + 4 * LENGTH);
      cHigh
          .blend(aHigh, PLACE_1)
          .blend(bHigh, PLACE_2)
          .reinterpretAsFloats()
          .intoArray(target, out + 5 * LENGTH);
    }
  }
}
