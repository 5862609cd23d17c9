package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;

/**
 * A convolution over a token and those before it, of each channel by itself. It keeps the last
 * {@code kernelSize - 1} inputs of a sequence.
 *
 * @param channels elements of a token that it convolves
 * @param kernelSize positions that an output sees
 * @param bias whether each channel has a bias
 */
public record CausalConvolution(int channels, int kernelSize, boolean bias) {
  /** Positions, more than any published kernel has. */
  private static final int MAX_KERNEL = 1 << 10;

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public CausalConvolution {
    Limits.requireSize("conv_dim", channels, Limits.MAX_INTERMEDIATE);
    Limits.requireSize("conv_kernel", kernelSize, MAX_KERNEL);
  }

  /** Inputs of a sequence that the next tokens see. */
  public long stateElements() {
    return (long) channels * (kernelSize - 1);
  }

  List<WeightTensor> weights() {
    List<WeightTensor> weights = new ArrayList<>();
    weights.add(
        WeightTensor.vector(
            TensorRole.CONVOLUTION, WeightTensor.Part.WEIGHT, (long) channels * kernelSize));
    if (bias) {
      weights.add(WeightTensor.vector(TensorRole.CONVOLUTION, WeightTensor.Part.BIAS, channels));
    }
    return weights;
  }
}
