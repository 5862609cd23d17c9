package dev.ridgepoint.model;

import dev.ridgepoint.engine.ops.RotaryTable;
import dev.ridgepoint.engine.ops.RotaryTables;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import java.util.function.IntUnaryOperator;

/**
 * The angular frequencies of rotary position embeddings.
 *
 * <p>With dynamic NTK scaling and LongRoPE they depend on the length of the sequence, which here is
 * the length that its cache has room for. A prompt fed at once into a cache of its own length is
 * computed as transformers computes it; and whatever the pieces in which tokens are fed, they give
 * the same logits. In transformers they do not: there the length is that up to the call, and keys
 * keep the frequencies of the call that cached them. llama.cpp, too, chooses LongRoPE's divisors by
 * the size of the context.
 */
public final class RotaryFrequencies {
  private RotaryFrequencies() {}

  /** The angles for sequences of any length. */
  public static RotaryTables tables(Rope rope) {
    IntUnaryOperator classOf =
        switch (rope.scaling()) {
          case RopeScaling.Dynamic dynamic ->
              length -> Math.max(length, dynamic.originalMaxPositionEmbeddings());
          case RopeScaling.LongRope scaling ->
              length -> scaling.originalMaxPositionEmbeddings() + (isLong(scaling, length) ? 1 : 0);
          default -> length -> 0;
        };
    return new RotaryTables(
        rope.dim(),
        classOf,
        length -> new RotaryTable(of(rope, length), magnitude(rope.scaling(), length)));
  }

  /** Whether sequences of some lengths have other angles than those of others. */
  static boolean dependOnLength(Rope rope) {
    return rope.scaling() instanceof RopeScaling.Dynamic
        || rope.scaling() instanceof RopeScaling.LongRope;
  }

  /**
   * Radians per position for each of dim/2 pairs: {@code theta^(-2i/dim)} (Su et al. 2021), scaled
   * as the config says.
   *
   * @param length of the sequence, where the scaling depends on it
   */
  static double[] of(Rope rope, int length) {
    double theta =
        rope.scaling() instanceof RopeScaling.Dynamic dynamic
            ? stretchedBase(rope, dynamic, length)
            : rope.theta();
    double[] frequencies = new double[rope.dim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = Math.pow(theta, -2.0 * i / rope.dim());
      frequencies[i] =
          switch (rope.scaling()) {
            case RopeScaling.None _, RopeScaling.Dynamic _ -> frequency;
            case RopeScaling.Linear linear -> frequency / linear.factor();
            case RopeScaling.Llama3 llama3 -> scale(frequency, llama3);
            case RopeScaling.Divided divided -> frequency / divided.divisors().get(i);
            case RopeScaling.Yarn yarn ->
                blend(frequency, keptByYarn(rope, yarn, i), yarn.factor());
            case RopeScaling.LongRope longRope ->
                frequency
                    / (isLong(longRope, length)
                            ? longRope.longDivisors()
                            : longRope.shortDivisors())
                        .get(i);
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
        double[] frequencies = of(rope, 0);
        double[] unscaled = of(rope.unscaled(), 0);
        float[] divisors = new float[frequencies.length];
        for (int i = 0; i < divisors.length; i++) {
          divisors[i] = (float) (unscaled[i] / frequencies[i]);
        }
        yield divisors;
      }
      case RopeScaling other -> new float[0];
    };
  }

  /** What rotated queries and keys are multiplied with. */
  private static double magnitude(RopeScaling scaling, int length) {
    return switch (scaling) {
      case RopeScaling.Yarn yarn -> yarn.attentionFactor();
      case RopeScaling.LongRope longRope ->
          isLong(longRope, length)
              ? longRope.longAttentionFactor()
              : longRope.shortAttentionFactor();
      case RopeScaling other -> 1;
    };
  }

  private static boolean isLong(RopeScaling.LongRope scaling, int length) {
    return length > scaling.originalMaxPositionEmbeddings();
  }

  /**
   * NTK-aware scaling, as transformers' {@code modeling_rope_utils.py} has it: the base with which
   * the lowest frequency is stretched as the length says, and the highest is kept.
   */
  private static double stretchedBase(Rope rope, RopeScaling.Dynamic scaling, int length) {
    double growth = Math.max(1, (double) length / scaling.originalMaxPositionEmbeddings());
    double stretch = scaling.factor() * growth - (scaling.factor() - 1);
    return rope.theta() * Math.pow(stretch, rope.dim() / (rope.dim() - 2.0));
  }

  /**
   * As in Llama 3.1's reference code: long waves slowed, short ones kept, those between blended.
   */
  private static double scale(double frequency, RopeScaling.Llama3 scaling) {
    double wavelengths = scaling.originalMaxPositionEmbeddings() * frequency / (2 * Math.PI);
    double kept =
        (wavelengths - scaling.lowFreqFactor())
            / (scaling.highFreqFactor() - scaling.lowFreqFactor());
    return blend(frequency, kept, scaling.factor());
  }

  /** How much of a pair's frequency YaRN keeps (Peng et al. 2023, equation 18), in pairs. */
  private static double keptByYarn(Rope rope, RopeScaling.Yarn yarn, int pair) {
    double first = pairThatTurns(yarn.betaFast(), rope, yarn);
    double last = pairThatTurns(yarn.betaSlow(), rope, yarn);
    if (yarn.isTruncated()) {
      first = Math.floor(first);
      last = Math.ceil(last);
    }
    first = Math.max(first, 0);
    last = Math.min(last, rope.dim() - 1);
    // Where both bounds meet there is a step, which transformers and llama.cpp make this steep.
    double width = last == first ? 0.001 : last - first;
    return 1 - (pair - first) / width;
  }

  /** The pair, and part of one, that turns so often in the first training's context. */
  private static double pairThatTurns(double turns, Rope rope, RopeScaling.Yarn yarn) {
    double wavelength = yarn.originalMaxPositionEmbeddings() / (2 * Math.PI * turns);
    return rope.dim() * Math.log(wavelength) / (2 * Math.log(rope.theta()));
  }

  /**
   * @param kept how much of the frequency is kept; the rest is divided by {@code factor}
   */
  private static double blend(double frequency, double kept, double factor) {
    double share = Math.clamp(kept, 0.0, 1.0);
    return share * frequency + (1 - share) * frequency / factor;
  }
}
