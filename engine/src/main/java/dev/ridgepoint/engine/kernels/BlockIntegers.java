package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.PanelLayout.INTS_BYTES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the integers of a block of steps lie in the ints of a panel's columns, {@code [ints][PANEL]}.
 *
 * <p>An int holds the integers of as many steps as fit into it, the first in its lowest bits. What
 * bits it has left hold a part of one more step's integer, two at once if its bits come in pairs,
 * or else one by one. Each such group of bits is a slot, which a mask takes out of its int. There
 * it is its value times a power of two, by which the step's x has been divided beforehand. The
 * highest bit of an int is flipped: as a sign it makes the slot too small by 2<sup>31</sup>,
 * whatever its value, and with what makes that good the sum of a block begins.
 */
public final class BlockIntegers {
  public static final BlockIntegers OF_4_BITS = new BlockIntegers(4, 32);
  public static final BlockIntegers OF_5_BITS = new BlockIntegers(5, 32);
  public static final BlockIntegers OF_6_BITS = new BlockIntegers(6, 16);

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private final int bits;
  private final int steps;
  private final List<Slot> slots;

  /** Of each slot, the bits of its int that it has. */
  final int[] masks;

  /** Of each slot, how many bytes after a block's first ints its own are. */
  final int[] offsets;

  /** Of each slot, its step; and what x is multiplied by there. */
  private final int[] stepOf;

  private final float[] factors;

  /** Of each step, the slots that hold its integer. */
  private final int[][] slotsOf;

  /**
   * Bits of a step's integer.
   *
   * @param ints number of the int
   * @param shift of the lowest bit in the int
   * @param step whose integer it is
   * @param bit of that integer, the lowest one here
   */
  private record Slot(int ints, int shift, int width, int step, int bit) {
    int mask() {
      return ((1 << width) - 1) << shift;
    }
  }

  private BlockIntegers(int bits, int steps) {
    this.bits = bits;
    this.steps = steps;
    slots = slots(bits, bits * steps / Integer.SIZE);
    masks = new int[slots.size()];
    offsets = new int[slots.size()];
    stepOf = new int[slots.size()];
    factors = new float[slots.size()];
    for (int i = 0; i < masks.length; i++) {
      Slot slot = slots.get(i);
      masks[i] = slot.mask();
      offsets[i] = slot.ints * INTS_BYTES;
      stepOf[i] = slot.step;
      factors[i] = Math.scalb(1f, slot.bit - slot.shift);
    }
    slotsOf = new int[steps][0];
    for (int i = 0; i < stepOf.length; i++) {
      int[] before = slotsOf[stepOf[i]];
      slotsOf[stepOf[i]] = Arrays.copyOf(before, before.length + 1);
      slotsOf[stepOf[i]][before.length] = i;
    }
  }

  private static List<Slot> slots(int bits, int ints) {
    int fields = Integer.SIZE / bits;
    int rest = Integer.SIZE % bits;
    int width = rest == 0 || bits % rest != 0 ? 1 : rest;
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < ints; i++) {
      for (int field = 0; field < fields; field++) {
        slots.add(new Slot(i, field * bits, bits, i * fields + field, 0));
      }
      for (int bit = 0; bit < rest; bit += width) {
        int ofRests = i * rest + bit;
        int step = ints * fields + ofRests / bits;
        slots.add(new Slot(i, fields * bits + bit, width, step, ofRests % bits));
      }
    }
    return slots;
  }

  /** Bits of an integer, which is at least 0. */
  public int bits() {
    return bits;
  }

  /** Steps of a block. */
  public int steps() {
    return steps;
  }

  /** Bytes of the ints of a block, of all columns of a panel. */
  public long bytes() {
    return (long) bits * steps / Integer.SIZE * INTS_BYTES;
  }

  /**
   * Writes the integers of a column.
   *
   * @param integers of each step
   * @param ints byte of the block's first int of the column
   */
  public void pack(int[] integers, MemorySegment panel, long ints) {
    int[] packed = new int[offsets[offsets.length - 1] / INTS_BYTES + 1];
    Arrays.fill(packed, Integer.MIN_VALUE);
    for (Slot slot : slots) {
      packed[slot.ints] ^= integers[slot.step] >> slot.bit << slot.shift & slot.mask();
    }
    for (int i = 0; i < packed.length; i++) {
      panel.set(INT, ints + (long) i * INTS_BYTES, packed[i]);
    }
  }

  /**
   * Reads an integer of a column that {@link #pack} wrote.
   *
   * @param ints byte of the block's first int of the column
   */
  public int read(MemorySegment panel, long ints, int step) {
    int integer = 0;
    for (int slot : slotsOf[step]) {
      int packed = panel.get(INT, ints + offsets[slot]) ^ Integer.MIN_VALUE;
      integer |= (packed & masks[slot]) >>> slots.get(slot).shift << slots.get(slot).bit;
    }
    return integer;
  }

  /** Floats that {@link #prepare} makes of each row of a block. */
  public int preparedSteps() {
    return 1 + slots.size();
  }

  /**
   * Makes of the rows of a block what {@link TilesUnscaled} reads: with what each sum begins, and x
   * for each slot.
   *
   * @param x packed rows, {@code [steps][rows]} from {@code from} on; written from {@code to} on
   * @param zeroPoint the integer that stands for 0
   */
  public void prepare(float[] x, int from, int to, int rows, int zeroPoint) {
    for (int row = 0; row < rows; row++) {
      float sum = 0;
      for (int step = 0; step < steps; step++) {
        sum += x[from + step * rows + row];
      }
      float first = -zeroPoint * sum;
      int at = to + row;
      for (int slot = 0; slot < masks.length; slot++) {
        float multiplied = x[from + stepOf[slot] * rows + row] * factors[slot];
        at += rows;
        x[at] = multiplied;
        if (masks[slot] < 0) {
          first += multiplied * 0x1p31f;
        }
      }
      x[to + row] = first;
    }
  }
}
