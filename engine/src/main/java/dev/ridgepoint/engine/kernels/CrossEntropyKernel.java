package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;

/** Cross-entropy of a row of logits with one right class. */
public final class CrossEntropyKernel {
  private CrossEntropyKernel() {}

  /**
   * Turns a row of logits into their gradient, {@code scale * (softmax(x) - onehot(target))}.
   *
   * @param lanes memory for those of a vector
   * @return the row's loss, {@code log(sum(exp(x))) - x[target]}
   */
  public static float lossAndGradient(
      float[] x, int count, int target, float scale, float[] lanes) {
    float ofTarget = x[target];
    float logOfSum = softmax(x, count, scale, lanes);
    x[target] -= scale;
    return logOfSum - ofTarget;
  }

  /**
   * Turns a row of logits into {@code scale * softmax(x)}.
   *
   * @param lanes memory for those of a vector
   * @return {@code log(sum(exp(x)))}
   */
  static float softmax(float[] x, int count, float scale, float[] lanes) {
    float max = max(x, count);
    subtract(x, max, count);
    Exponential.exp(x, 0, count);
    float sum = sum(x, count, lanes);
    SoftmaxKernel.scale(x, 0, scale / sum, count);
    return (float) Math.log(sum) + max;
  }

  private static float max(float[] x, int count) {
    FloatVector maxima = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      maxima = maxima.max(FloatVector.fromArray(F, x, i));
    }
    float max = maxima.reduceLanes(MAX);
    for (; i < count; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }

  private static void subtract(float[] x, float shift, int count) {
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      FloatVector.fromArray(F, x, i).sub(shift).intoArray(x, i);
    }
    for (; i < count; i++) {
      x[i] -= shift;
    }
  }

  private static float sum(float[] x, int count, float[] lanes) {
    FloatVector sums = FloatVector.zero(F);
    int limit = F.loopBound(count);
    int i = 0;
    for (; i < limit; i += LENGTH) {
      sums = sums.add(FloatVector.fromArray(F, x, i));
    }
    sums.intoArray(lanes, 0);
    float sum = LaneSums.sum(lanes);
    for (; i < count; i++) {
      sum += x[i];
    }
    return sum;
  }
}
