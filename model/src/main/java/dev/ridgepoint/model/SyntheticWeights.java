package dev.ridgepoint.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.codecs.SubBlockDecoder;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Weights drawn from a seed, for runs that need a model's shapes but not its knowledge. Matrices
 * are uniform with variance 1/inputs, so that activations keep their size; norm weights are one and
 * biases zero. A tensor depends on the seed and its name alone, a row also on its number: the same
 * whatever the order or the number of threads. In types that numbers are not rounded to, blocks are
 * drawn instead.
 */
public final class SyntheticWeights implements WeightSource {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  /** Of a factor of blocks that are drawn bit by bit: half a scale times half an integer. */
  private static final double TYPICAL_MULTIPLE = 32 * 8;

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
    return new RowSource() {
      @Override
      public void read(int row, float[] target, int offset) {
        long state = mix(tensorSeed + row);
        for (int i = 0; i < inputs; i += 2) {
          state += GOLDEN_GAMMA;
          long bits = mix(state);
          target[offset + i] = (bits >> 40) * unit;
          if (i + 1 < inputs) {
            target[offset + i + 1] = ((int) bits >> 8) * unit;
          }
        }
      }

      @Override
      public void encode(int row, int count, DType dtype, MemorySegment target, long offset) {
        if (dtype.isEncoded()) {
          RowSource.super.encode(row, count, dtype, target, offset);
        } else {
          drawBits(tensorSeed + row, count, (SubBlockDecoder) dtype.decoder(), target, offset);
        }
      }
    };
  }

  /** Blocks of any bits, but for their factors, with which numbers are about 1/sqrt(count). */
  private static void drawBits(
      long rowSeed, int count, SubBlockDecoder decoder, MemorySegment target, long offset) {
    long end = offset + (long) count / decoder.blockElements() * decoder.blockBytes();
    long state = mix(rowSeed);
    for (long at = offset; at < end; at++) {
      state += GOLDEN_GAMMA;
      target.set(JAVA_BYTE, at, (byte) mix(state));
    }
    short factor = Float.floatToFloat16((float) (1 / (TYPICAL_MULTIPLE * Math.sqrt(count))));
    for (long block = offset; block < end; block += decoder.blockBytes()) {
      for (int factorOffset : decoder.factorOffsets()) {
        target.set(JAVA_SHORT_UNALIGNED, block + factorOffset, factor);
      }
    }
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
