package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;

import jdk.incubator.vector.FloatVector;

/**
 * Cross-entropy of a row of a student's logits with a teacher's distribution, both softened by a
 * temperature T (Hinton, Vinyals and Dean 2015, arXiv:1503.02531, section 2).
 */
public final class SoftCrossEntropyKernel {
  private SoftCrossEntropyKernel() {}

  /**
   * Adds to a gradient that of {@code scale * T^2 * crossEntropy(softmax(teacher / T),
   * softmax(student / T))}, which is {@code scale * T * (softmax(student / T) - softmax(teacher /
   * T))}.
   *
   * @param student logits, which become their softened distribution
   * @param teacher logits, which become theirs
   * @param difference memory for a row
   * @param lanes memory for those of a vector
   * @return the Kullback-Leibler divergence of the one distribution from the other, in nats: their
   *     cross-entropy less the teacher's entropy, which no student changes
   */
  public static float divergenceAndGradient(
      float[] gradient,
      float[] student,
      float[] teacher,
      float[] difference,
      int count,
      float temperature,
      float scale,
      float[] lanes) {
    soften(student, teacher, difference, 1 / temperature, count);
    float ofStudent = CrossEntropyKernel.softmax(student, count, 1, lanes);
    float ofTeacher = CrossEntropyKernel.softmax(teacher, count, 1, lanes);
    addGradient(gradient, student, teacher, scale * temperature, count);
    return dot(teacher, difference, count, lanes) - ofTeacher + ofStudent;
  }

  /** Logits by the temperature, and how much larger the teacher's are. */
  private static void soften(
      float[] student, float[] teacher, float[] difference, float factor, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector s = FloatVector.fromArray(F, student, i).mul(factor);
      FloatVector t = FloatVector.fromArray(F, teacher, i).mul(factor);
      s.intoArray(student, i);
      t.intoArray(teacher, i);
      t.sub(s).intoArray(difference, i);
    }
    for (; i < count; i++) {
      student[i] *= factor;
      teacher[i] *= factor;
      difference[i] = teacher[i] - student[i];
    }
  }

  private static void addGradient(
      float[] gradient, float[] student, float[] teacher, float factor, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector t = FloatVector.fromArray(F, teacher, i);
      FloatVector.fromArray(F, student, i)
          .sub(t)
          .mul(factor)
          .add(FloatVector.fromArray(F, gradient, i))
          .intoArray(gradient, i);
    }
    for (; i < count; i++) {
      gradient[i] += (student[i] - teacher[i]) * factor;
    }
  }

  private static float dot(float[] x, float[] y, int count, float[] lanes) {
    FloatVector sums = FloatVector.zero(F);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      sums = sums.add(FloatVector.fromArray(F, x, i).mul(FloatVector.fromArray(F, y, i)));
    }
    sums.intoArray(lanes, 0);
    float sum = LaneSums.sum(lanes);
    for (; i < count; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
