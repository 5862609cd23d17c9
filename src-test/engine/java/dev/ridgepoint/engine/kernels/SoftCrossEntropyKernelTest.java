package dev.ridgepoint.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against central differences of the loss in double precision, around the ends of vectors. */
class SoftCrossEntropyKernelTest {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-4;
  private static final float SCALE = 0.25f;
  private static final int TARGET = 1;

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 0.9", "0.5, 0.3", "8, 0.5", "1, 0"})
  void gradientsAreTheDifferencesOfTheLoss(float temperature, float alpha) {
    int length = VectorRegisters.LENGTH;
    for (int count : new int[] {2, length - 1, length, length + 1, 3 * length + 2, 270}) {
      Random random = new Random(count);
      float[] student = random(random, count, 3);
      float[] teacher = random(random, count, 5);
      float[] gradient = student.clone();
      float[] lanes = new float[length];
      float hard =
          CrossEntropyKernel.lossAndGradient(gradient, count, TARGET, SCALE * (1 - alpha), lanes);
      float divergence =
          SoftCrossEntropyKernel.divergenceAndGradient(
              gradient,
              student.clone(),
              teacher.clone(),
              new float[count],
              count,
              temperature,
              SCALE * alpha,
              lanes);

      double[] x = IntStream.range(0, count).mapToDouble(i -> student[i]).toArray();
      assertEquals(hard(x), hard, 1e-5 * (1 + hard));
      double expected = divergence(x, teacher, temperature);
      assertEquals(expected, divergence, 1e-5 * (1 + expected));
      double errors = 0;
      double squares = 0;
      for (int i = 0; i < count; i++) {
        double before = x[i];
        x[i] = before + STEP;
        double above = loss(x, teacher, temperature, alpha);
        x[i] = before - STEP;
        double slope = SCALE * (above - loss(x, teacher, temperature, alpha)) / (2 * STEP);
        x[i] = before;
        squares += slope * slope;
        errors += (slope - gradient[i]) * (slope - gradient[i]);
      }
      assertEquals(0, Math.sqrt(errors / squares), TOLERANCE, count + " logits");
    }
  }

  private static float[] random(Random random, int count, double spread) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (spread * random.nextGaussian());
    }
    return numbers;
  }

  private static double loss(double[] x, float[] teacher, double temperature, double alpha) {
    return (1 - alpha) * hard(x)
        + alpha * temperature * temperature * divergence(x, teacher, temperature);
  }

  private static double hard(double[] x) {
    return logSumExp(x, 1) - x[TARGET];
  }

  private static double divergence(double[] x, float[] teacher, double temperature) {
    double[] t = IntStream.range(0, x.length).mapToDouble(i -> teacher[i]).toArray();
    double ofTeacher = logSumExp(t, temperature);
    double ofStudent = logSumExp(x, temperature);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double log = t[i] / temperature - ofTeacher;
      sum += Math.exp(log) * (log - x[i] / temperature + ofStudent);
    }
    return sum;
  }

  private static double logSumExp(double[] x, double temperature) {
    double sum = 0;
    for (double each : x) {
      sum += Math.exp(each / temperature);
    }
    return Math.log(sum);
  }
}
