package dev.ridgepoint.model.compression;

import dev.ridgepoint.model.checkpoint.TensorSpec;

/**
 * Moves outliers of activations into weights, so that both can be rounded to 8 bits (Xiao et al.
 * 2022, arXiv:2211.10438): a channel's factor is the root of its greatest input over its greatest
 * weight. Only where a norm writes the channels, as in the paper.
 */
final class SmoothQuant {
  private static final double LEAST_FACTOR = 1e-5;

  private SmoothQuant() {}

  /** The same model with its channels scaled. */
  static ModelWeights smoothed(ModelWeights original, Calibration calibration) {
    ModelWeights weights = original.copy();
    for (ChannelScaling place : ChannelScaling.of(weights)) {
      if (place.isNorm()) {
        place.apply(weights, factors(weights, place, calibration));
      }
    }
    return weights;
  }

  private static float[] factors(
      ModelWeights weights, ChannelScaling place, Calibration calibration) {
    LayerInputs inputs = calibration.of(place.readers().getFirst());
    float[] greatest = new float[inputs.width()];
    for (LinearLayer layer : place.readers()) {
      for (TensorSpec spec : layer.matrices()) {
        float[] numbers = weights.numbers(spec);
        for (int i = 0; i < numbers.length; i++) {
          int channel = i % greatest.length;
          greatest[channel] = Math.max(greatest[channel], Math.abs(numbers[i]));
        }
      }
    }
    float[] factors = new float[greatest.length];
    for (int i = 0; i < factors.length; i++) {
      double root = Math.sqrt(inputs.greatest(i) / Math.max(greatest[i], LEAST_FACTOR));
      factors[i] = (float) Math.max(root, LEAST_FACTOR);
    }
    return factors;
  }
}
