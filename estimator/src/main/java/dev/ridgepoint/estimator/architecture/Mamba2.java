package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A state space whose heads decay by one number each (Mamba-2, Dao and Gu 2024, arXiv:2405.21060,
 * section 7). A head x of P channels keeps a matrix h of P x N; its step d is projected from the
 * token, as are the vectors B and C, which the heads of a group share:
 *
 * <pre>
 *   h = exp(d A) h + d x B^T;   y = h C + D x
 * </pre>
 *
 * The output is multiplied with a SiLU gate and normalised.
 *
 * @param numHeads heads, a multiple of {@code numGroups}
 * @param headDim the P
 * @param stateSize the N
 * @param numGroups pairs of B and C
 * @param kernelSize positions that the convolution before it sees
 * @param convolutionBias whether the convolution has biases
 * @param projectionBias whether the projections into and out of it have
 * @param normGroups rows that the inner width is normalised in; 0 without a norm
 */
public record Mamba2(
    int numHeads,
    int headDim,
    int stateSize,
    int numGroups,
    int kernelSize,
    boolean convolutionBias,
    boolean projectionBias,
    int normGroups)
    implements RecurrentMixer {

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public Mamba2 {
    Limits.requireSize("mamba_num_heads", numHeads, Limits.MAX_WIDTH);
    Limits.requireSize("mamba_head_dim", headDim, Limits.MAX_WIDTH / numHeads);
    Limits.requireSize("ssm_state_size", stateSize, Limits.MAX_WIDTH);
    Limits.requireSize("n_groups", numGroups, Limits.MAX_WIDTH / stateSize);
    Limits.require(
        numHeads % numGroups == 0,
        "mamba_num_heads",
        numHeads,
        "must be a multiple of n_groups, which is " + numGroups);
    Limits.requireSizeOrNone("n_groups", normGroups, numHeads * headDim);
  }

  /** Channels of all heads. */
  public long innerWidth() {
    return (long) numHeads * headDim;
  }

  /** Elements of all B, or of all C. */
  public long groupWidth() {
    return (long) numGroups * stateSize;
  }

  /** How the output is normalised. */
  public Norm norm() {
    return normGroups == 0 ? Norm.NONE : Norm.RMS;
  }

  @Override
  public Optional<CausalConvolution> convolution() {
    return Optional.of(
        new CausalConvolution(
            (int) (innerWidth() + 2 * groupWidth()), kernelSize, convolutionBias));
  }

  @Override
  public long recurrentStateElements() {
    return innerWidth() * stateSize;
  }

  @Override
  public long tokenElements() {
    return inputs() + innerWidth() + 2 * groupWidth() + innerWidth();
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    WeightTensor.Part bias = WeightTensor.Part.BIAS;
    weights.add(WeightTensor.matrix(TensorRole.MIXER_INPUT, inputs(), hiddenSize));
    if (projectionBias) {
      weights.add(WeightTensor.vector(TensorRole.MIXER_INPUT, bias, inputs()));
    }
    weights.addAll(convolution().orElseThrow().weights());
    weights.add(WeightTensor.vector(TensorRole.STEP, bias, numHeads));
    weights.add(WeightTensor.vector(TensorRole.DECAY, WeightTensor.Part.WEIGHT, numHeads));
    weights.add(WeightTensor.vector(TensorRole.SKIP, WeightTensor.Part.WEIGHT, numHeads));
    weights.addAll(norm().weights(TensorRole.MIXER_NORM, innerWidth()));
    weights.add(WeightTensor.matrix(TensorRole.MIXER_OUTPUT, hiddenSize, innerWidth()));
    if (projectionBias) {
      weights.add(WeightTensor.vector(TensorRole.MIXER_OUTPUT, bias, hiddenSize));
    }
    return weights;
  }

  /** The gate, the heads, all B and C, and a step for each head. */
  private long inputs() {
    return 2 * innerWidth() + 2 * groupWidth() + numHeads;
  }
}
