package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at each matrix of a model's linear layers.
 *
 * @param dtype what rounding is to
 */
public record Analysis(DType dtype, Workers workers) {
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
                spec, numbers, stored(spec, numbers, dtype), calibration.of(layer), workers);
        double error =
            OutputError.relative(
                spec,
                compressed.reference().numbers(spec),
                stored(spec, compressed.weights().numbers(spec), compressed.weights(), compressed),
                ofReference.of(layer),
                workers);
        findings.add(finding(spec, numbers, roundingError, error));
      }
    }
    return findings;
  }

  private float[] stored(TensorSpec spec, float[] numbers, DType type) {
    return RoundToNearest.numbers(spec, numbers, ModelExport.typeOf(spec, type), workers);
  }

  /** What a method has stored already is not rounded again. */
  private float[] stored(
      TensorSpec spec, float[] numbers, ModelWeights weights, CompressedModel compressed) {
    return weights.isStored(spec) ? numbers : stored(spec, numbers, compressed.dtype());
  }

  private static TensorFinding finding(
      TensorSpec spec, float[] numbers, double roundingError, double error) {
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
        roundingError,
        error);
  }
}
