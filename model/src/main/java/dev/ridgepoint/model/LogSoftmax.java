package dev.ridgepoint.model;

import dev.ridgepoint.engine.Tensor;

/** The logarithms of the probabilities that logits stand for, summed in double precision. */
public final class LogSoftmax {
  private LogSoftmax() {}

  /**
   * Of the next token.
   *
   * @param logits [rows, vocabulary]
   * @return [vocabulary], none above 0
   */
  public static double[] ofRow(Tensor logits, int row) {
    float[] values = new float[logits.size(1)];
    logits.read((long) row * values.length, values, 0, values.length);
    double most = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      most = Math.max(most, value);
    }
    double sum = 0;
    for (float value : values) {
      sum += Math.exp(value - most);
    }
    double logOfSum = most + Math.log(sum);
    double[] logs = new double[values.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = values[i] - logOfSum;
    }
    return logs;
  }
}
