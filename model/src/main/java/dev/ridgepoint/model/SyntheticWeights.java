package dev.ridgepoint.model;

import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.Arrays;

/**
 * Weights drawn from a seed, for runs that need a model's shapes but not its knowledge. Matrices
 * are uniform with variance 1/inputs, so that activations keep their size; norm weights are one and
 * biases zero. A tensor depends on the seed and its name alone, a row also on its number: the same
 * whatever the order or the number of threads.
 */
public final class SyntheticWeights implements WeightSource {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private final long seed;

  public SyntheticWeights(long seed) {
    this.seed = seed;
  }

  @Override
  public RowSource matrix(TensorSpec spec) {
    int inputs = Math.toIntExact(spec.shape().get(1));
    long tensorSeed = mix(seed ^ (GOLDEN_GAMMA * spec.name().hashCode()));
    // A signed 24-bit integer times this is uniform in +-sqrt(3/inputs).
    float unit = (float) (Math.sqrt(3.0 / inputs) / (1 << 23));
    return (row, target, offset) -> {
      long state = mix(tensorSeed + row);
      for (int i = 0; i < inputs; i += 2) {
        state += GOLDEN_GAMMA;
        long bits = mix(state);
        target[offset + i] = (bits >> 40) * unit;
        if (i + 1 < inputs) {
          target[offset + i + 1] = ((int) bits >> 8) * unit;
        }
      }
    };
  }

  @Override
  public float[] vector(TensorSpec spec) {
    float[] vector = new float[Math.toIntExact(spec.shape().get(0))];
    if (spec.role().isNorm() && spec.part() == Part.WEIGHT) {
      Arrays.fill(vector, 1f);
    }
    return vector;
  }

  /** SplitMix64's output function (Steele, Lea, Flood 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
