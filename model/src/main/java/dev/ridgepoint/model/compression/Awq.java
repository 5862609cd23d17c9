package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * Scales up the channels whose inputs are large before weights are rounded, so that their rounding
 * errors are small (Lin et al. 2023, arXiv:2306.00978). A channel's factor is the mean magnitude of
 * its input to a power that is searched for, of 20 between 0 and 1, by the error of the outputs. In
 * the end each group has the scale that leaves the least error, as the authors' program clips.
 */
final class Awq {
  private static final int POWERS = 20;
  private static final double LEAST_MAGNITUDE = 1e-4;

  private final Calibration calibration;
  private final Grid grid;
  private final Workers workers;
  private final Map<LinearLayer, double[]> importance = new HashMap<>();

  Awq(Calibration calibration, Grid grid, Workers workers) {
    this.calibration = calibration;
    this.grid = grid;
    this.workers = workers;
    calibration.layers().forEach(layer -> importance.put(layer, calibration.of(layer).squares()));
  }

  /** The same model with its channels scaled. */
  ModelWeights scaled(ModelWeights original, Progress progress) {
    ModelWeights weights = original.copy();
    var places = ChannelScaling.of(weights);
    for (int done = 0; done < places.size(); done++) {
      ChannelScaling place = places.get(done);
      float[] factors = best(weights, place);
      place.apply(weights, factors);
      place
          .readers()
          .forEach(
              layer ->
                  importance.computeIfPresent(layer, (each, squares) -> scaled(squares, factors)));
      progress.steps(done + 1, places.size());
    }
    return weights;
  }

  /** A matrix of the scaled model, rounded. */
  Tensor rounded(LinearLayer layer, TensorSpec spec, float[] numbers) {
    return RoundToNearest.rounded(spec, numbers, grid, importance.get(layer), workers);
  }

  /** Squares of inputs that are divided by factors. */
  private static double[] scaled(double[] squares, float[] factors) {
    double[] scaled = new double[squares.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = squares[i] / ((double) factors[i] * factors[i]);
    }
    return scaled;
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

  /**
   * Of the outputs of all that reads the channels, if its weights are rounded after scaling, as if
   * channels had nothing to do with each other.
   */
  private double error(ModelWeights weights, ChannelScaling place, float[] factors) {
    double error = 0;
    for (LinearLayer layer : place.readers()) {
      double[] squares = scaled(importance.get(layer), factors);
      for (TensorSpec spec : layer.matrices()) {
        float[] scaled = ChannelScaling.scaled(weights.numbers(spec), factors);
        float[] rounded = RoundToNearest.numbers(spec, scaled, grid, workers);
        for (int i = 0; i < rounded.length; i++) {
          double off = (double) rounded[i] - scaled[i];
          error += squares[i % squares.length] * off * off;
        }
      }
    }
    return error;
  }
}
