package dev.ridgepoint.estimator.architecture;

import java.util.List;
import java.util.Optional;

/**
 * Linear attention with a constant decay per head (lightning attention, Qin et al. 2024,
 * arXiv:2401.04658, as in MiniMax-01, arXiv:2501.08313, section 2.2): {@code S = a S + k v^T},
 * {@code o = S^T q} of queries, keys and values that pass SiLU. The output is normalised whole and
 * multiplied with a sigmoid gate.
 *
 * @param numHeads query, key and value heads
 * @param headDim elements of each
 */
public record LightningAttention(int numHeads, int headDim) implements RecurrentMixer {
  /** Of the whole output. */
  public static final Norm NORM = Norm.RMS;

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public LightningAttention {
    Limits.requireSize("num_attention_heads", numHeads, Limits.MAX_WIDTH);
    Limits.requireSize("head_dim", headDim, Limits.MAX_WIDTH / numHeads);
  }

  /** Elements of all queries, of all keys, or of all values. */
  public long width() {
    return (long) numHeads * headDim;
  }

  @Override
  public Optional<CausalConvolution> convolution() {
    return Optional.empty();
  }

  @Override
  public long recurrentStateElements() {
    return width() * headDim;
  }

  @Override
  public long tokenElements() {
    return 5 * width();
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    return List.of(
        WeightTensor.matrix(TensorRole.MIXER_INPUT, 3 * width(), hiddenSize),
        WeightTensor.matrix(TensorRole.MIXER_GATE, width(), hiddenSize),
        WeightTensor.vector(TensorRole.MIXER_NORM, WeightTensor.Part.WEIGHT, width()),
        WeightTensor.matrix(TensorRole.MIXER_OUTPUT, hiddenSize, width()));
  }
}
