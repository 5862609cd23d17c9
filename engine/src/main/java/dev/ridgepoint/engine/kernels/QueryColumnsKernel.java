package dev.ridgepoint.engine.kernels;

import static dev.ridgepoint.engine.kernels.Blocking.LOOP_COLUMNS;
import static dev.ridgepoint.engine.kernels.VectorRegisters.F;
import static dev.ridgepoint.engine.kernels.VectorRegisters.LENGTH;

import jdk.incubator.vector.FloatVector;

/**
 * Softmax over keys where each query is a column: matrices are {@code [keys][LOOP_COLUMNS]}, so
 * that all sums run from row to row and no vector is summed up across its lanes.
 */
public final class QueryColumnsKernel {
  private QueryColumnsKernel() {}

  /**
   * {@code x = exp(scale * x - m)} with m the maximum of the scaled column.
   *
   * @param inverseSums of each column, the inverse of the sum of the results
   * @param logSums of each column, m plus the logarithm of that sum
   */
  public static void softmax(
      float[] x, int keys, float scale, float[] inverseSums, float[] logSums) {
    for (int column = 0; column < LOOP_COLUMNS; column += LENGTH) {
      FloatVector maxima = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
      for (int key = 0; key < keys; key++) {
        maxima = maxima.max(FloatVector.fromArray(F, x, key * LOOP_COLUMNS + column));
      }
      maxima.mul(scale).intoArray(logSums, column);
    }
    probabilities(x, keys, scale, logSums);
    for (int column = 0; column < LOOP_COLUMNS; column += LENGTH) {
      FloatVector sums = FloatVector.zero(F);
      for (int key = 0; key < keys; key++) {
        sums = sums.add(FloatVector.fromArray(F, x, key * LOOP_COLUMNS + column));
      }
      sums.intoArray(inverseSums, column);
    }
    for (int column = 0; column < LOOP_COLUMNS; column++) {
      logSums[column] += (float) Math.log(inverseSums[column]);
      inverseSums[column] = 1f / inverseSums[column];
    }
  }

  /** {@code x = exp(scale * x - logSum)}: the softmax again, of which the sums are known. */
  public static void probabilities(float[] x, int keys, float scale, float[] logSums) {
    for (int column = 0; column < LOOP_COLUMNS; column += LENGTH) {
      FloatVector shift = FloatVector.fromArray(F, logSums, column);
      for (int key = 0; key < keys; key++) {
        int at = key * LOOP_COLUMNS + column;
        FloatVector.fromArray(F, x, at).mul(scale).sub(shift).intoArray(x, at);
      }
    }
    Exponential.exp(x, 0, keys * LOOP_COLUMNS);
  }

  /**
   * The gradient of the unscaled scores, {@code d = scale * p * (d - delta)}.
   *
   * @param p the softmax
   * @param d its gradient
   * @param deltas of each column, {@code sum(p * d)}
   */
  public static void scoreGradients(float[] p, float[] d, int keys, float scale, float[] deltas) {
    for (int column = 0; column < LOOP_COLUMNS; column += LENGTH) {
      FloatVector delta = FloatVector.fromArray(F, deltas, column);
      for (int key = 0; key < keys; key++) {
        int at = key * LOOP_COLUMNS + column;
        FloatVector.fromArray(F, d, at)
            .sub(delta)
            .mul(FloatVector.fromArray(F, p, at))
            .mul(scale)
            .intoArray(d, at);
      }
    }
  }

  /** {@code sums = sum(a * b)} of each column. */
  public static void dot(float[] a, float[] b, int rows, float[] sums) {
    for (int column = 0; column < LOOP_COLUMNS; column += LENGTH) {
      FloatVector sum = FloatVector.zero(F);
      for (int row = 0; row < rows; row++) {
        int at = row * LOOP_COLUMNS + column;
        sum = FloatVector.fromArray(F, a, at).fma(FloatVector.fromArray(F, b, at), sum);
      }
      sum.intoArray(sums, column);
    }
  }
}
