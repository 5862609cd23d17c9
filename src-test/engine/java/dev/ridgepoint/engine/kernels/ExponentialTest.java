package dev.ridgepoint.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExponentialTest {
  /** The series' rest, and a rounding of each of its last steps. */
  private static final double TOLERANCE = 2e-7;

  @Test
  void isTheExponential() {
    Random random = new Random(1);
    float[] x = new float[4 * VectorRegisters.LENGTH + 3];
    for (int round = 0; round < 200; round++) {
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian() * 20;
      }
      float[] y = x.clone();
      Exponential.exp(y, 0, y.length);
      for (int i = 0; i < x.length; i++) {
        if (x[i] > -87 && x[i] < 88) {
          double expected = Math.exp(x[i]);
          assertEquals(expected, y[i], TOLERANCE * expected, "of " + x[i]);
        }
      }
    }
  }

  /** Where the vectors end, the same bits are computed one by one. */
  @Test
  void lanesAndTheRestAreTheSameBits() {
    for (float number : new float[] {0, 1, -1, 0.3465f, -0.3466f, 87.9f, -86.9f, 1e-8f, 5.5f}) {
      float[] x = new float[VectorRegisters.LENGTH + 1];
      Arrays.fill(x, number);
      Exponential.exp(x, 0, x.length);
      assertEquals(x[0], x[VectorRegisters.LENGTH], 0f, "of " + number);
    }
  }

  @Test
  void endsAreZeroAndFinite() {
    float[] x = {Float.NEGATIVE_INFINITY, -1000, 1000, Float.NaN, 0};
    Exponential.exp(x, 0, x.length);
    assertEquals(0f, x[0]);
    assertEquals(0f, x[1]);
    assertEquals(Math.exp(88), x[2], TOLERANCE * Math.exp(88));
    assertEquals(Float.NaN, x[3]);
    assertEquals(1f, x[4]);
  }
}
