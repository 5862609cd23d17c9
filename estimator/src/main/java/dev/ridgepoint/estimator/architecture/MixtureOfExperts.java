package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Feed-forwards of which a router chooses a few for each token (Shazeer et al. 2017,
 * arXiv:1701.06538; Fedus et al. 2021, arXiv:2101.03961), beside an optional one that every token
 * passes (DeepSeekMoE, arXiv:2401.06066).
 *
 * @param numExperts experts to choose from
 * @param numExpertsPerToken experts that each token passes
 * @param expert the shape of each of them
 * @param sharedExpert what every token passes besides; several shared experts are one of their
 *     summed width
 * @param hasSharedGate whether a sigmoid gate of h weights scales the shared expert (Qwen1.5-MoE)
 * @param routing how the experts of a token are chosen and weighted
 */
public record MixtureOfExperts(
    int numExperts,
    int numExpertsPerToken,
    DenseFeedForward expert,
    Optional<DenseFeedForward> sharedExpert,
    boolean hasSharedGate,
    Routing routing)
    implements FeedForward {

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public MixtureOfExperts {
    Limits.requireSize("num_experts", numExperts, Limits.MAX_EXPERTS);
    Limits.requireSize("num_experts_per_tok", numExpertsPerToken, numExperts);
    Objects.requireNonNull(expert, "expert");
    Limits.require(
        expert.activation().parameters() == 0 && !expert.innerNorm().isPresent(),
        "hidden_act",
        expert.activation(),
        "must learn nothing in an expert, nor be normalised");
    Limits.require(
        sharedExpert.isPresent() || !hasSharedGate,
        "shared_expert_gate",
        hasSharedGate,
        "needs a shared expert");
    Limits.require(
        numExperts % routing.groups() == 0,
        "n_group",
        routing.groups(),
        "must divide " + numExperts + " experts");
    Limits.require(
        (long) numExperts / routing.groups() * routing.groupsPerToken() >= numExpertsPerToken,
        "topk_group",
        routing.groupsPerToken(),
        "must have " + numExpertsPerToken + " experts for a token");
  }

  /** Routed experts alone, by a softmax whose chosen weights have the sum 1. */
  public MixtureOfExperts(int numExperts, int numExpertsPerToken, DenseFeedForward expert) {
    this(
        numExperts,
        numExpertsPerToken,
        expert,
        Optional.empty(),
        false,
        Routing.NORMALIZED_SOFTMAX);
  }

  /** The same beside an expert that every token passes. */
  public MixtureOfExperts withShared(DenseFeedForward shared) {
    return new MixtureOfExperts(
        numExperts, numExpertsPerToken, expert, Optional.of(shared), false, routing);
  }

  /** The same with a gate that scales the shared expert. */
  public MixtureOfExperts withSharedGate() {
    return new MixtureOfExperts(
        numExperts, numExpertsPerToken, expert, sharedExpert, true, routing);
  }

  /** The same, chosen and weighted in another way. */
  public MixtureOfExperts withRouting(Routing other) {
    return new MixtureOfExperts(
        numExperts, numExpertsPerToken, expert, sharedExpert, hasSharedGate, other);
  }

  /** Whether the router has a bias for each expert. */
  public boolean routerBias() {
    return routing.bias() != Routing.Bias.NONE;
  }

  /** The fewest experts that {@code tokens} tokens can touch: all choose the same. */
  public long fewestExpertsTouched(long tokens) {
    return tokens == 0 ? 0 : numExpertsPerToken;
  }

  /** The most experts that {@code tokens} tokens can touch. */
  public long mostExpertsTouched(long tokens) {
    return tokens >= numExperts ? numExperts : Math.min(numExperts, tokens * numExpertsPerToken);
  }

  /**
   * The expected number of experts that {@code tokens} tokens touch if each chooses its k of E
   * independently and uniformly: E (1 - (1 - k/E)^tokens), because an expert is missed by each
   * token with probability 1 - k/E. Routers are trained towards uniform loads; text of one topic
   * touches fewer.
   */
  public double expectedExpertsTouched(long tokens) {
    double missed = 1 - (double) numExpertsPerToken / numExperts;
    return numExperts * (1 - Math.pow(missed, (double) tokens));
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    weights.add(WeightTensor.matrix(TensorRole.ROUTER, numExperts, hiddenSize));
    if (routerBias()) {
      weights.add(WeightTensor.vector(TensorRole.ROUTER, WeightTensor.Part.BIAS, numExperts));
    }
    for (WeightTensor tensor : expert.weights(hiddenSize)) {
      weights.add(tensor.of(WeightTensor.Owner.EXPERT).times(numExperts, numExpertsPerToken));
    }
    sharedExpert.ifPresent(
        shared ->
            shared
                .weights(hiddenSize)
                .forEach(t -> weights.add(t.of(WeightTensor.Owner.SHARED_EXPERT))));
    if (hasSharedGate) {
      weights.add(WeightTensor.matrix(TensorRole.SHARED_EXPERT_GATE, 1, hiddenSize));
    }
    return weights;
  }
}
