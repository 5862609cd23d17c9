package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at each matrix of a model's linear layers.
 *
 * @param grid what rounding is to
 */
public record Analysis(Grid grid, Workers workers) {
  private static final double FAR = 4;

  /**
   * The findings, in the order in which matrices are used.
   *
   * @param original the model
   * @param calibration of the original
   * @param compressed what became of it
   * @param ofReference the calibration of {@code compressed.reference()}, which may be the same
   */
  public List<TensorFinding> findings(
      ModelWeights original,
      Calibration calibration,
      CompressedModel compressed,
      Calibration ofReference) {
    List<TensorFinding> findings = new ArrayList<>();
    for (LinearLayer layer : calibration.layers()) {
      for (TensorSpec spec : layer.matrices()) {
        float[] numbers = original.numbers(spec);
        double roundingError =
            OutputError.relative(
                spec,
                numbers,
                RoundToNearest.numbers(spec, numbers, grid, workers),
                calibration.of(layer),
                workers);
        double error =
            OutputError.relative(
                spec,
                compressed.reference().numbers(spec),
                compressed.weights().numbers(spec),
                ofReference.of(layer),
                workers);
        findings.add(finding(spec, numbers, calibration.of(layer).spread(), roundingError, error));
      }
    }
    return findings;
  }

  private static TensorFinding finding(
      TensorSpec spec, float[] numbers, double inputSpread, double roundingError, double error) {
    double mean = 0;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (float number : numbers) {
      mean += number / (double) numbers.length;
      least = Math.min(least, number);
      greatest = Math.max(greatest, number);
    }
    double second = 0;
    double fourth = 0;
    for (float number : numbers) {
      double square = (number - mean) * (number - mean);
      second += square / numbers.length;
      fourth += square * square / numbers.length;
    }
    long far = 0;
    for (float number : numbers) {
      far += Math.abs(number - mean) > FAR * Math.sqrt(second) ? 1 : 0;
    }
    return new TensorFinding(
        spec.name(),
        ModelWeights.rows(spec),
        ModelWeights.columns(spec),
        least,
        greatest,
        (double) far / numbers.length,
        second == 0 ? 0 : fourth / (second * second),
        inputSpread,
        roundingError,
        error);
  }
}
