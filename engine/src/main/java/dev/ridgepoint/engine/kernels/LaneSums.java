package dev.ridgepoint.engine.kernels;

/**
 * Sums across the lanes of a vector in their order. The JDK's own have an order when they are
 * compiled, and another until then.
 */
final class LaneSums {
  private LaneSums() {}

  /**
   * @param lanes of a vector
   */
  static float sum(float[] lanes) {
    float sum = 0;
    for (float lane : lanes) {
      sum += lane;
    }
    return sum;
  }
}
