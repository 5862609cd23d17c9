package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Linear attention by the gated delta rule (Gated DeltaNet, Yang et al. 2024, arXiv:2412.06464,
 * equation 10). Each value head keeps a matrix S of {@code keyHeadDim x valueHeadDim}, which a
 * token with query q, key k and value v decays by a and corrects towards v by b:
 *
 * <pre>
 *   S = a S;   S = S + k (b (v - S^T k))^T;   o = S^T q
 * </pre>
 *
 * Queries, keys and values pass a convolution with SiLU, queries and keys an L2 norm. The output is
 * normalised per head and multiplied with a gate.
 *
 * @param numKeyHeads query and key heads, a divisor of {@code numValueHeads}
 * @param numValueHeads value heads, each with a state
 * @param keyHeadDim elements of a query or key head
 * @param valueHeadDim elements of a value head
 * @param kernelSize positions that the convolution sees
 * @param decaysChannels whether a has a number for each row of S rather than one for all (Kimi
 *     Delta Attention, arXiv:2510.26692); then a and the output's gate are projected through ranks
 *     of {@code valueHeadDim}
 */
public record GatedDeltaNet(
    int numKeyHeads,
    int numValueHeads,
    int keyHeadDim,
    int valueHeadDim,
    int kernelSize,
    boolean decaysChannels)
    implements RecurrentMixer {
  /** Of each head of the output. */
  public static final Norm NORM = Norm.RMS;

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public GatedDeltaNet {
    Limits.requireSize("linear_num_key_heads", numKeyHeads, Limits.MAX_WIDTH);
    Limits.requireSize("linear_num_value_heads", numValueHeads, Limits.MAX_WIDTH);
    Limits.require(
        numValueHeads % numKeyHeads == 0,
        "linear_num_value_heads",
        numValueHeads,
        "must be a multiple of linear_num_key_heads, which is " + numKeyHeads);
    Limits.requireSize("linear_key_head_dim", keyHeadDim, Limits.MAX_WIDTH / numKeyHeads);
    Limits.requireSize("linear_value_head_dim", valueHeadDim, Limits.MAX_WIDTH / numValueHeads);
  }

  /** Elements of all keys, or of all queries. */
  public long keyWidth() {
    return (long) numKeyHeads * keyHeadDim;
  }

  /** Elements of all values. */
  public long valueWidth() {
    return (long) numValueHeads * valueHeadDim;
  }

  /** Decays of a token. */
  public long decays() {
    return decaysChannels ? (long) numValueHeads * keyHeadDim : numValueHeads;
  }

  @Override
  public Optional<CausalConvolution> convolution() {
    return Optional.of(
        new CausalConvolution((int) (2 * keyWidth() + valueWidth()), kernelSize, false));
  }

  @Override
  public long recurrentStateElements() {
    return (long) numValueHeads * keyHeadDim * valueHeadDim;
  }

  @Override
  public long tokenElements() {
    return 2 * (2 * keyWidth() + valueWidth()) + 2 * valueWidth() + decays() + numValueHeads;
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    long mixed = 2 * keyWidth() + valueWidth();
    if (decaysChannels) {
      weights.add(WeightTensor.matrix(TensorRole.MIXER_INPUT, mixed, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.DELTA_GATES, numValueHeads, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.DECAY_DOWN, valueHeadDim, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.DECAY_UP, decays(), valueHeadDim));
      weights.add(WeightTensor.matrix(TensorRole.MIXER_GATE_DOWN, valueHeadDim, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.MIXER_GATE_UP, valueWidth(), valueHeadDim));
    } else {
      weights.add(WeightTensor.matrix(TensorRole.MIXER_INPUT, mixed + valueWidth(), hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.DELTA_GATES, 2L * numValueHeads, hiddenSize));
    }
    weights.addAll(convolution().orElseThrow().weights());
    weights.add(WeightTensor.vector(TensorRole.DECAY, WeightTensor.Part.WEIGHT, numValueHeads));
    weights.add(WeightTensor.vector(TensorRole.STEP, WeightTensor.Part.BIAS, decays()));
    weights.addAll(NORM.weights(TensorRole.MIXER_NORM, valueHeadDim));
    weights.add(WeightTensor.matrix(TensorRole.MIXER_OUTPUT, hiddenSize, valueWidth()));
    return weights;
  }
}
