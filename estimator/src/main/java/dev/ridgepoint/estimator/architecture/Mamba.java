package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A selective state space (Mamba, Gu and Dao 2023, arXiv:2312.00752, algorithm 2). Each channel x
 * of the inner width keeps N numbers h, with a step d, and vectors B and C that all channels share,
 * all three projected from the token:
 *
 * <pre>
 *   h = exp(d A) h + d x B;   y = C h + D x
 * </pre>
 *
 * @param innerSize channels
 * @param stateSize the N
 * @param stepRank width through which the steps are projected
 * @param kernelSize positions that the convolution before it sees
 * @param convolutionBias whether the convolution has biases
 * @param projectionBias whether the projections into and out of the inner width have
 * @param norm of the step's latent, of B and of C (Jamba, arXiv:2403.19887); {@link Norm#NONE}
 *     without
 */
public record Mamba(
    int innerSize,
    int stateSize,
    int stepRank,
    int kernelSize,
    boolean convolutionBias,
    boolean projectionBias,
    Norm norm)
    implements RecurrentMixer {

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public Mamba {
    Limits.requireSize("mamba_intermediate_size", innerSize, Limits.MAX_INTERMEDIATE);
    Limits.requireSize("state_size", stateSize, Limits.MAX_WIDTH);
    Limits.requireSize("time_step_rank", stepRank, Limits.MAX_WIDTH);
  }

  @Override
  public Optional<CausalConvolution> convolution() {
    return Optional.of(new CausalConvolution(innerSize, kernelSize, convolutionBias));
  }

  @Override
  public long recurrentStateElements() {
    return (long) innerSize * stateSize;
  }

  @Override
  public long tokenElements() {
    return 5L * innerSize + stepRank + 2L * stateSize;
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    WeightTensor.Part bias = WeightTensor.Part.BIAS;
    weights.add(WeightTensor.matrix(TensorRole.MIXER_INPUT, 2L * innerSize, hiddenSize));
    if (projectionBias) {
      weights.add(WeightTensor.vector(TensorRole.MIXER_INPUT, bias, 2L * innerSize));
    }
    weights.addAll(convolution().orElseThrow().weights());
    weights.add(WeightTensor.matrix(TensorRole.SELECTION, stepRank + 2L * stateSize, innerSize));
    weights.addAll(norm.weights(TensorRole.STEP_NORM, stepRank));
    weights.addAll(norm.weights(TensorRole.STATE_INPUT_NORM, stateSize));
    weights.addAll(norm.weights(TensorRole.STATE_OUTPUT_NORM, stateSize));
    weights.add(WeightTensor.matrix(TensorRole.STEP, innerSize, stepRank));
    weights.add(WeightTensor.vector(TensorRole.STEP, bias, innerSize));
    weights.add(
        WeightTensor.vector(
            TensorRole.DECAY, WeightTensor.Part.WEIGHT, (long) innerSize * stateSize));
    weights.add(WeightTensor.vector(TensorRole.SKIP, WeightTensor.Part.WEIGHT, innerSize));
    weights.add(WeightTensor.matrix(TensorRole.MIXER_OUTPUT, hiddenSize, innerSize));
    if (projectionBias) {
      weights.add(WeightTensor.vector(TensorRole.MIXER_OUTPUT, bias, hiddenSize));
    }
    return weights;
  }
}
