package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.checkpoint.TensorSpec;

/**
 * Scales up the channels whose inputs are large before weights are rounded, so that their rounding
 * errors are small (Lin et al. 2023, arXiv:2306.00978). A channel's factor is the mean magnitude of
 * its input to a power that is searched for, of 20 between 0 and 1, by the error of the outputs.
 */
final class Awq {
  private static final int POWERS = 20;
  private static final double LEAST_MAGNITUDE = 1e-4;

  private final Calibration calibration;
  private final DType dtype;
  private final Workers workers;

  Awq(Calibration calibration, DType dtype, Workers workers) {
    this.calibration = calibration;
    this.dtype = dtype;
    this.workers = workers;
  }

  /** The same model with its channels scaled. */
  ModelWeights scaled(ModelWeights original, Progress progress) {
    ModelWeights weights = original.copy();
    var places = ChannelScaling.of(weights);
    for (int done = 0; done < places.size(); done++) {
      places.get(done).apply(weights, best(weights, places.get(done)));
      progress.steps(done + 1, places.size());
    }
    return weights;
  }

  private float[] best(ModelWeights weights, ChannelScaling place) {
    LayerInputs inputs = calibration.of(place.readers().getFirst());
    float[] best = factors(inputs, 0);
    double least = error(weights, place, best);
    for (int power = 1; power < POWERS; power++) {
      float[] factors = factors(inputs, (double) power / POWERS);
      double error = error(weights, place, factors);
      if (error < least) {
        least = error;
        best = factors;
      }
    }
    return best;
  }

  /** Spread evenly around 1. */
  private static float[] factors(LayerInputs inputs, double power) {
    float[] factors = new float[inputs.width()];
    float least = Float.POSITIVE_INFINITY;
    float greatest = 0;
    for (int i = 0; i < factors.length; i++) {
      double magnitude = Math.max(inputs.meanMagnitude(i), LEAST_MAGNITUDE);
      factors[i] = (float) Math.pow(magnitude, power);
      least = Math.min(least, factors[i]);
      greatest = Math.max(greatest, factors[i]);
    }
    float middle = (float) Math.sqrt((double) least * greatest);
    for (int i = 0; i < factors.length; i++) {
      factors[i] /= middle;
    }
    return factors;
  }

  /** Of the outputs of all that reads the channels, if its weights are rounded after scaling. */
  private double error(ModelWeights weights, ChannelScaling place, float[] factors) {
    float[] inverse = new float[factors.length];
    for (int i = 0; i < factors.length; i++) {
      inverse[i] = 1 / factors[i];
    }
    double error = 0;
    for (LinearLayer layer : place.readers()) {
      for (TensorSpec spec : layer.matrices()) {
        float[] before = weights.numbers(spec);
        float[] rounded =
            RoundToNearest.numbers(
                spec,
                ChannelScaling.scaled(before, factors),
                ModelExport.typeOf(spec, dtype),
                workers);
        float[] after = ChannelScaling.scaled(rounded, inverse);
        error += OutputError.squared(spec, before, after, calibration.of(layer), workers);
      }
    }
    return error;
  }
}
