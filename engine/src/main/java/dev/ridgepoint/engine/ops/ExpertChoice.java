package dev.ridgepoint.engine.ops;

import java.util.Arrays;
import java.util.Locale;

/**
 * Which experts each row of a step passes, and with what weights. A {@link Router} writes it; the
 * projections of the same layer follow it. One object serves layer after layer and step after step;
 * its memory only grows.
 *
 * <p>A choice of a row is a slot: a row of the activations that lie between the experts'
 * projections. Slots are sorted by expert, and those of an expert by row.
 */
public final class ExpertChoice {
  private final int experts;
  private final int perRow;
  private final int[] firstSlot;
  private final int[] nextSlot;
  private int rows;
  private int[] expertOf = new int[0];
  private float[] weightOf = new float[0];
  private int[] slotOf = new int[0];
  private int[] rowOf = new int[0];

  /**
   * @param experts to choose from
   * @param perRow experts that a row passes
   * @throws IllegalArgumentException if a row cannot pass as many, or none
   */
  public ExpertChoice(int experts, int perRow) {
    if (perRow < 1 || perRow > experts) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d of %d experts per row", perRow, experts));
    }
    this.experts = experts;
    this.perRow = perRow;
    firstSlot = new int[experts + 1];
    nextSlot = new int[experts];
  }

  /** Begins the choices of {@code rows} rows. */
  void begin(int rows) {
    this.rows = rows;
    int slots = Math.multiplyExact(rows, perRow);
    if (expertOf.length < slots) {
      expertOf = new int[slots];
      weightOf = new float[slots];
      slotOf = new int[slots];
      rowOf = new int[slots];
    }
  }

  /**
   * Gives {@code rows} rows choices of equal weight, as few of one expert as can be: for operations
   * run one by one.
   */
  public void spread(int rows) {
    begin(rows);
    for (int i = 0; i < slots(); i++) {
      choose(i / perRow, i % perRow, i % experts, 1f / perRow);
    }
    sort();
  }

  /** Notes a choice; a row's first is its best. Rows may be written by several threads. */
  void choose(int row, int rank, int expert, float weight) {
    expertOf[row * perRow + rank] = expert;
    weightOf[row * perRow + rank] = weight;
  }

  /** Divides the weights of a row's choices. */
  void divideWeights(int row, float divisor) {
    for (int i = row * perRow; i < (row + 1) * perRow; i++) {
      weightOf[i] /= divisor;
    }
  }

  /** Gives every choice its slot, once all are noted. */
  void sort() {
    int slots = rows * perRow;
    Arrays.fill(firstSlot, 0);
    for (int i = 0; i < slots; i++) {
      firstSlot[expertOf[i] + 1]++;
    }
    for (int expert = 0; expert < experts; expert++) {
      firstSlot[expert + 1] += firstSlot[expert];
      nextSlot[expert] = firstSlot[expert];
    }
    for (int i = 0; i < slots; i++) {
      int slot = nextSlot[expertOf[i]]++;
      slotOf[i] = slot;
      rowOf[slot] = i / perRow;
    }
  }

  /** Experts to choose from. */
  int experts() {
    return experts;
  }

  /** Experts that a row passes. */
  int perRow() {
    return perRow;
  }

  /** Rows that have chosen. */
  int rows() {
    return rows;
  }

  /** Choices of all rows. */
  int slots() {
    return rows * perRow;
  }

  /** An expert's first slot; of {@link #experts}, the end of all. */
  int firstSlot(int expert) {
    return firstSlot[expert];
  }

  /** The row that a slot belongs to. */
  int rowOf(int slot) {
    return rowOf[slot];
  }

  /** The slot of a row's choice. */
  int slotOf(int row, int rank) {
    return slotOf[row * perRow + rank];
  }

  /** The weight of a row's choice. */
  float weightOf(int row, int rank) {
    return weightOf[row * perRow + rank];
  }
}
