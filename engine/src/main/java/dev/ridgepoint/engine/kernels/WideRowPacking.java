package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.I;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Packs 4, 8 or 12 rows in vectors of 16 floats, with the permutations of two vectors that AVX-512
 * has and narrower vectors lack.
 *
 * <p>Of four rows the lanes of two and two vectors are zipped, then the pairs of both results: that
 * makes quads, the four floats of a step. The quads of several fours are then put in turns. Only
 * the lower lanes of the rows are used: with all of them a loop is too long for C2, which then
 * leaves calls in it and allocates their vectors. For the same reason the loops are flat: even a
 * method that loads one vector is not always inlined.
 */
final class WideRowPacking {
  /** Steps that are packed at once; as many more are read. */
  private static final int STEPS = 8;

  private static final boolean WIDE = LENGTH == 2 * STEPS;

  private static final IntVector ZIPPED =
      IntVector.fromArray(I, units(1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), 0);
  private static final IntVector PAIRS_LOW =
      IntVector.fromArray(I, units(2, 0, 8, 1, 9, 2, 10, 3, 11), 0);
  private static final IntVector PAIRS_HIGH =
      IntVector.fromArray(I, units(2, 4, 12, 5, 13, 6, 14, 7, 15), 0);

  // Two fours a, b in turns: a0 b0 a1 b1 | a2 b2 a3 b3.
  private static final IntVector TWO_FIRST = IntVector.fromArray(I, units(4, 0, 4, 1, 5), 0);
  private static final IntVector TWO_SECOND = IntVector.fromArray(I, units(4, 2, 6, 3, 7), 0);

  // Three fours a, b, c in turns: a0 b0 c0 a1 | b1 c1 a2 b2 | c2 a3 b3 c3. First a and b come to
  // their places; the gaps, which hold anything until then, are filled from c.
  private static final IntVector AB_FIRST = IntVector.fromArray(I, units(4, 0, 4, 0, 1), 0);
  private static final IntVector AB_SECOND = IntVector.fromArray(I, units(4, 5, 0, 2, 6), 0);
  private static final IntVector AB_THIRD = IntVector.fromArray(I, units(4, 0, 3, 7, 0), 0);
  private static final IntVector C_FIRST = IntVector.fromArray(I, units(4, 0, 1, 4, 3), 0);
  private static final IntVector C_SECOND = IntVector.fromArray(I, units(4, 0, 5, 2, 3), 0);
  private static final IntVector C_THIRD = IntVector.fromArray(I, units(4, 6, 1, 2, 7), 0);

  private WideRowPacking() {}

  /** Lanes in units of {@code size}, counted through the first vector and then the second. */
  private static int[] units(int size, int... units) {
    int[] lanes = new int[size * units.length];
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane] = size * units[lane / size] + lane % size;
    }
    return lanes;
  }

  /**
   * Packs the first steps, see {@link RowPacking#interleave}; all rows of the tile exist.
   *
   * @return how many: a few less than {@code depth}, or none if this machine lacks the vectors
   */
  static int interleave(
      MemorySegment source,
      long sourceOffset,
      long rowBytes,
      int rows,
      int depth,
      float[] target,
      int targetOffset) {
    int steps = WIDE ? Math.max(0, depth / STEPS - 1) * STEPS : 0;
    switch (rows) {
      case 4, 12 -> {
        for (int row = 0; row < rows; row += 4) {
          interleave4(
              source,
              sourceOffset + row * rowBytes,
              rowBytes,
              steps,
              target,
              targetOffset + row * STEPS,
              rows * STEPS);
        }
        if (rows == 12) {
          weaveThree(target, targetOffset, steps);
        }
      }
      case 8 -> interleave8(source, sourceOffset, rowBytes, steps, target, targetOffset);
      default -> steps = 0;
    }
    return steps;
  }

  /** Packs four rows; {@link #STEPS} steps of them lie {@code stride} floats apart. */
  private static void interleave4(
      MemorySegment source,
      long offset,
      long rowBytes,
      int depth,
      float[] target,
      int to,
      int stride) {
    for (long from = offset, end = offset + 4L * depth; from < end; from += 4 * STEPS) {
      IntVector row0 = IntVector.fromMemorySegment(I, source, from, LITTLE_ENDIAN);
      IntVector row1 = IntVector.fromMemorySegment(I, source, from + rowBytes, LITTLE_ENDIAN);
      IntVector row2 = IntVector.fromMemorySegment(I, source, from + 2 * rowBytes, LITTLE_ENDIAN);
      IntVector row3 = IntVector.fromMemorySegment(I, source, from + 3 * rowBytes, LITTLE_ENDIAN);
      IntVector rows01 = ZIPPED.selectFrom(row0, row1);
      IntVector rows23 = ZIPPED.selectFrom(row2, row3);
      PAIRS_LOW.selectFrom(rows01, rows23).reinterpretAsFloats().intoArray(target, to);
      PAIRS_HIGH.selectFrom(rows01, rows23).reinterpretAsFloats().intoArray(target, to + LENGTH);
      to += stride;
    }
  }

  private static void interleave8(
      MemorySegment source, long offset, long rowBytes, int depth, float[] target, int to) {
    for (long from = offset, end = offset + 4L * depth; from < end; from += 4 * STEPS) {
      IntVector row0 = IntVector.fromMemorySegment(I, source, from, LITTLE_ENDIAN);
      IntVector row1 = IntVector.fromMemorySegment(I, source, from + rowBytes, LITTLE_ENDIAN);
      IntVector row2 = IntVector.fromMemorySegment(I, source, from + 2 * rowBytes, LITTLE_ENDIAN);
      IntVector row3 = IntVector.fromMemorySegment(I, source, from + 3 * rowBytes, LITTLE_ENDIAN);
      IntVector a01 = ZIPPED.selectFrom(row0, row1);
      IntVector a23 = ZIPPED.selectFrom(row2, row3);
      IntVector aLow = PAIRS_LOW.selectFrom(a01, a23);
      IntVector aHigh = PAIRS_HIGH.selectFrom(a01, a23);
      IntVector row4 = IntVector.fromMemorySegment(I, source, from + 4 * rowBytes, LITTLE_ENDIAN);
      IntVector row5 = IntVector.fromMemorySegment(I, source, from + 5 * rowBytes, LITTLE_ENDIAN);
      IntVector row6 = IntVector.fromMemorySegment(I, source, from + 6 * rowBytes, LITTLE_ENDIAN);
      IntVector row7 = IntVector.fromMemorySegment(I, source, from + 7 * rowBytes, LITTLE_ENDIAN);
      IntVector b01 = ZIPPED.selectFrom(row4, row5);
      IntVector b23 = ZIPPED.selectFrom(row6, row7);
      IntVector bLow = PAIRS_LOW.selectFrom(b01, b23);
      IntVector bHigh = PAIRS_HIGH.selectFrom(b01, b23);
      TWO_FIRST.selectFrom(aLow, bLow).reinterpretAsFloats().intoArray(target, to);
      TWO_SECOND.selectFrom(aLow, bLow).reinterpretAsFloats().intoArray(target, to + LENGTH);
      TWO_FIRST.selectFrom(aHigh, bHigh).reinterpretAsFloats().intoArray(target, to + 2 * LENGTH);
      TWO_SECOND.selectFrom(aHigh, bHigh).reinterpretAsFloats().intoArray(target, to + 3 * LENGTH);
      to += 8 * STEPS;
    }
  }

  /**
   * Puts the steps of three fours, which lie behind one another, in turns, in the L1 cache: in one
   * loop with their loading they have more vectors than a compiler of JDK 28 can name.
   */
  private static void weaveThree(float[] target, int from, int depth) {
    for (int to = from, end = from + 12 * depth; to < end; to += 12 * STEPS) {
      IntVector aLow = FloatVector.fromArray(F, target, to).reinterpretAsInts();
      IntVector aHigh = FloatVector.fromArray(F, target, to + LENGTH).reinterpretAsInts();
      IntVector bLow = FloatVector.fromArray(F, target, to + 2 * LENGTH).reinterpretAsInts();
      IntVector bHigh = FloatVector.fromArray(F, target, to + 3 * LENGTH).reinterpretAsInts();
      IntVector cLow = FloatVector.fromArray(F, target, to + 4 * LENGTH).reinterpretAsInts();
      IntVector cHigh = FloatVector.fromArray(F, target, to + 5 * LENGTH).reinterpretAsInts();
      C_FIRST
          .selectFrom(AB_FIRST.selectFrom(aLow, bLow), cLow)
          .reinterpretAsFloats()
          .intoArray(target, to);
      C_SECOND
          .selectFrom(AB_SECOND.selectFrom(aLow, bLow), cLow)
          .reinterpretAsFloats()
          .intoArray(target, to + LENGTH);
      C_THIRD
          .selectFrom(AB_THIRD.selectFrom(aLow, bLow), cLow)
          .reinterpretAsFloats()
          .intoArray(target, to + 2 * LENGTH);
      C_FIRST
          .selectFrom(AB_FIRST.selectFrom(aHigh, bHigh), cHigh)
          .reinterpretAsFloats()
          .intoArray(target, to + 3 * LENGTH);
      C_SECOND
          .selectFrom(AB_SECOND.selectFrom(aHigh, bHigh), cHigh)
          .reinterpretAsFloats()
          .intoArray(target, to + 4 * LENGTH);
      C_THIRD
          .selectFrom(AB_THIRD.selectFrom(aHigh, bHigh), cHigh)
          .reinterpretAsFloats()
          .intoArray(target, to + 5 * LENGTH);
    }
  }
}
