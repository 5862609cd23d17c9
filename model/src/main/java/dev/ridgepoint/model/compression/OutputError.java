package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.stream.DoubleStream;

/** How far the outputs of a matrix are from what they were, on the calibration's inputs. */
final class OutputError {
  private OutputError() {}

  /**
   * The squared error of all outputs.
   *
   * @param before the matrix [outputs, inputs] as it was
   * @param after as it is
   */
  static double squared(
      TensorSpec spec, float[] before, float[] after, LayerInputs inputs, Workers workers) {
    int width = inputs.width();
    double[] ofRows = new double[ModelWeights.rows(spec)];
    workers.run(
        ofRows.length,
        1,
        (worker, from, to) -> {
          double[] error = new double[width];
          for (int row = from; row < to; row++) {
            for (int j = 0; j < width; j++) {
              error[j] = (double) after[row * width + j] - before[row * width + j];
            }
            ofRows[row] = inputs.outputError(error);
          }
        });
    return DoubleStream.of(ofRows).sum();
  }

  /** The error as a share of the outputs, both as root mean squares. */
  static double relative(
      TensorSpec spec, float[] before, float[] after, LayerInputs inputs, Workers workers) {
    double outputs = squared(spec, new float[before.length], before, inputs, workers);
    return outputs == 0 ? 0 : Math.sqrt(squared(spec, before, after, inputs, workers) / outputs);
  }
}
