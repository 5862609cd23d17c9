package dev.ridgepoint.model;

import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;

/** The angular frequencies of rotary position embeddings. */
final class RotaryFrequencies {
  private RotaryFrequencies() {}

  /**
   * Radians per position for each of dim/2 pairs: {@code theta^(-2i/dim)} (Su et al. 2021), scaled
   * as the config says.
   */
  static double[] of(Rope rope) {
    double[] frequencies = new double[rope.dim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = unscaled(rope, i);
      frequencies[i] =
          switch (rope.scaling()) {
            case RopeScaling.None _ -> frequency;
            case RopeScaling.Linear linear -> frequency / linear.factor();
            case RopeScaling.Llama3 llama3 -> scale(frequency, llama3);
            case RopeScaling.Divided divided -> frequency / divided.divisors().get(i);
            case RopeScaling other ->
                throw new IllegalArgumentException("the engine does not run " + other);
          };
    }
    return frequencies;
  }

  /**
   * What the scaling divides each frequency by, or nothing where it is one number for all: what a
   * GGUF file has in {@code rope_freqs.weight}.
   */
  static float[] divisors(Rope rope) {
    return switch (rope.scaling()) {
      case RopeScaling.Llama3 _, RopeScaling.Divided _ -> {
        double[] frequencies = of(rope);
        float[] divisors = new float[frequencies.length];
        for (int i = 0; i < divisors.length; i++) {
          divisors[i] = (float) (unscaled(rope, i) / frequencies[i]);
        }
        yield divisors;
      }
      case RopeScaling other -> new float[0];
    };
  }

  private static double unscaled(Rope rope, int pair) {
    return Math.pow(rope.theta(), -2.0 * pair / rope.dim());
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
