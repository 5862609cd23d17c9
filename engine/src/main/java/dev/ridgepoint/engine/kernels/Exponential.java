package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * The exponential of products, sums and shifts alone, each of which is rounded in one way: it gives
 * the same bits whether it is compiled or not, and at any vector width. The JDK's own does not:
 * until it is compiled, another function stands in for the vector library's.
 *
 * <p>{@code exp(x) = 2^n exp(r)} with n the nearest integer to x / ln 2, and r = x - n ln 2 in two
 * parts (Cody and Waite 1980); of exp(r), with |r| at most ln 2 / 2, the series up to r^7, whose
 * rest is below 6e-9.
 */
public final class Exponential {
  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** Ln 2 to 9 bits, so that its product with n is exact; and the rest. */
  private static final float LN2_HIGH = 355f / 512;

  private static final float LN2_LOW = (float) (Math.log(2) - 355.0 / 512);

  /** Added to a small number, it leaves the nearest integer in the lowest bits. */
  private static final float ROUND = 0x1.8p23f;

  private static final int EXPONENT_SHIFT = 23;
  private static final int EXPONENT_BIAS = 127 << EXPONENT_SHIFT;

  /** Below, the result is 0; above, that of the bound. */
  private static final float LOWEST = -87f;

  private static final float HIGHEST = 88f;

  private static final float C2 = 1f / 2;
  private static final float C3 = 1f / 6;
  private static final float C4 = 1f / 24;
  private static final float C5 = 1f / 120;
  private static final float C6 = 1f / 720;
  private static final float C7 = 1f / 5040;

  private Exponential() {}

  /** {@code x = exp(x)}. */
  public static void exp(float[] x, int offset, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector a = FloatVector.fromArray(F, x, offset + i);
      FloatVector bounded = a.max(LOWEST).min(HIGHEST);
      FloatVector rounded = bounded.mul(LOG2_E).add(ROUND);
      FloatVector n = rounded.sub(ROUND);
      FloatVector r = n.mul(-LN2_LOW).add(n.mul(-LN2_HIGH).add(bounded));
      FloatVector series =
          r.mul(C7)
              .add(C6)
              .mul(r)
              .add(C5)
              .mul(r)
              .add(C4)
              .mul(r)
              .add(C3)
              .mul(r)
              .add(C2)
              .mul(r)
              .add(1f)
              .mul(r)
              .add(1f);
      FloatVector power =
          rounded
              .reinterpretAsInts()
              .lanewise(LSHL, EXPONENT_SHIFT)
              .add(EXPONENT_BIAS)
              .reinterpretAsFloats();
      series.mul(power).blend(0f, a.compare(LT, LOWEST)).intoArray(x, offset + i);
    }
    for (; i < count; i++) {
      x[offset + i] = exp(x[offset + i]);
    }
  }

  /** The same of one number. */
  static float exp(float a) {
    if (a < LOWEST) {
      return 0f;
    }
    float bounded = Math.min(Math.max(a, LOWEST), HIGHEST);
    float rounded = bounded * LOG2_E + ROUND;
    float n = rounded - ROUND;
    float r = n * -LN2_LOW + (n * -LN2_HIGH + bounded);
    float series = r * C7 + C6;
    series = series * r + C5;
    series = series * r + C4;
    series = series * r + C3;
    series = series * r + C2;
    series = series * r + 1f;
    series = series * r + 1f;
    int bits = (Float.floatToRawIntBits(rounded) << EXPONENT_SHIFT) + EXPONENT_BIAS;
    return series * Float.intBitsToFloat(bits);
  }
}
