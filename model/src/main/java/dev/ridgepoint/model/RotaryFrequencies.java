package dev.ridgepoint.model;

import dev.ridgepoint.estimator.ModelConfig;
import dev.ridgepoint.estimator.RopeScaling;

/** The angular frequencies of rotary position embeddings. */
final class RotaryFrequencies {
  private RotaryFrequencies() {}

  /**
   * Radians per position for each of headDim/2 pairs: {@code theta^(-2i/headDim)} (Su et al. 2021),
   * scaled as the config says.
   */
  static double[] of(ModelConfig config) {
    double[] frequencies = new double[config.headDim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = Math.pow(config.ropeTheta(), -2.0 * i / config.headDim());
      frequencies[i] =
          switch (config.ropeScaling()) {
            case RopeScaling.None _ -> frequency;
            case RopeScaling.Linear linear -> frequency / linear.factor();
            case RopeScaling.Llama3 llama3 -> scale(frequency, llama3);
            case RopeScaling.Divided divided -> frequency / divided.divisors().get(i);
          };
    }
    return frequencies;
  }

  /**
   * As in Llama 3.1's reference code: long waves slowed, short ones kept, those between blended.
   */
  private static double scale(double frequency, RopeScaling.Llama3 scaling) {
    double wavelengths = scaling.originalMaxPositionEmbeddings() * frequency / (2 * Math.PI);
    double kept =
        (wavelengths - scaling.lowFreqFactor())
            / (scaling.highFreqFactor() - scaling.lowFreqFactor());
    kept = Math.clamp(kept, 0.0, 1.0);
    return kept * frequency + (1 - kept) * frequency / scaling.factor();
  }
}
