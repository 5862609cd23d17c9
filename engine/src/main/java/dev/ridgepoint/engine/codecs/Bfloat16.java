package dev.ridgepoint.engine.codecs;

/** Conversion between float and bfloat16, the upper half of a float's bits. */
public final class Bfloat16 {
  private Bfloat16() {}

  /** Rounds to the nearest bfloat16, ties to even; NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40); // quiet, lest its payload be rounded to infinity
    }
    int halfUlpAndTie = 0x7fff + ((bits >>> 16) & 1);
    return (short) ((bits + halfUlpAndTie) >>> 16);
  }

  /** Exact. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
