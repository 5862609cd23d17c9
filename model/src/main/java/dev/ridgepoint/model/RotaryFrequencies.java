package dev.ridgepoint.model;

import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.config.ModelConfig;

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
      double frequency = unscaled(config, i);
      frequencies[i] =
          switch (config.ropeScaling()) {
            case RopeScaling.None _ -> frequency;
            case RopeScaling.Linear linear -> frequency / linear.factor();
            case RopeScaling.Llama3 llama3 -> scale(frequency, llama3);
            case RopeScaling.Divided divided -> frequency / divided.divisors().get(i);
            case RopeScaling.Dynamic _, RopeScaling.Yarn _, RopeScaling.LongRope _ ->
                throw notRun(config);
          };
    }
    return frequencies;
  }

  /**
   * What the scaling divides each frequency by, or nothing where it is one number for all: what a
   * GGUF file has in {@code rope_freqs.weight}.
   */
  static float[] divisors(ModelConfig config) {
    return switch (config.ropeScaling()) {
      case RopeScaling.None _, RopeScaling.Linear _ -> new float[0];
      case RopeScaling.Llama3 _, RopeScaling.Divided _ -> {
        double[] frequencies = of(config);
        float[] divisors = new float[frequencies.length];
        for (int i = 0; i < divisors.length; i++) {
          divisors[i] = (float) (unscaled(config, i) / frequencies[i]);
        }
        yield divisors;
      }
      case RopeScaling.Dynamic _, RopeScaling.Yarn _, RopeScaling.LongRope _ ->
          throw notRun(config);
    };
  }

  private static IllegalArgumentException notRun(ModelConfig config) {
    return new IllegalArgumentException("rope_scaling " + config.ropeScaling() + " is not run");
  }

  private static double unscaled(ModelConfig config, int pair) {
    return Math.pow(config.ropeTheta(), -2.0 * pair / config.headDim());
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
