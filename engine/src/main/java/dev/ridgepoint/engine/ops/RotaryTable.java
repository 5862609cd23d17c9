package dev.ridgepoint.engine.ops;

import java.util.Arrays;

/**
 * Cosines and sines of the rotary position embedding, one row of dim/2 per position, computed in
 * double precision and grown as positions are asked for.
 */
public final class RotaryTable {
  private final double[] frequencies;
  private final double magnitude;
  private float[] cosines = new float[0];
  private float[] sines = new float[0];
  private int positions;

  /**
   * @param frequencies radians per position of each pair of elements, dim/2 of them
   * @param magnitude what cosines and sines are multiplied with, and so the rotated elements (YaRN)
   */
  public RotaryTable(double[] frequencies, double magnitude) {
    this.frequencies = frequencies.clone();
    this.magnitude = magnitude;
  }

  /** Elements of a head that are rotated. */
  public int dim() {
    return 2 * frequencies.length;
  }

  /** A row of dim/2 for each position that was asked for. */
  public float[] cosines() {
    return cosines;
  }

  /** The same of sines. */
  public float[] sines() {
    return sines;
  }

  /** Computes the rows of the positions up to {@code needed}. */
  public void ensure(int needed) {
    if (needed <= positions) {
      return;
    }
    int pairs = frequencies.length;
    int grown = Math.max(needed, 2 * positions);
    cosines = Arrays.copyOf(cosines, Math.multiplyExact(grown, pairs));
    sines = Arrays.copyOf(sines, grown * pairs);
    for (int position = positions; position < grown; position++) {
      for (int pair = 0; pair < pairs; pair++) {
        double angle = position * frequencies[pair];
        cosines[position * pairs + pair] = (float) (magnitude * Math.cos(angle));
        sines[position * pairs + pair] = (float) (magnitude * Math.sin(angle));
      }
    }
    positions = grown;
  }
}
