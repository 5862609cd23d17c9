package dev.ridgepoint.estimator.operation;

import static dev.ridgepoint.estimator.architecture.TensorRole.ACTIVATED_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.ACTIVATION;
import static dev.ridgepoint.estimator.architecture.TensorRole.ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.CROSS_ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_GATE;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_CROSS_ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_FEED_FORWARD_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.ROUTER;
import static dev.ridgepoint.estimator.architecture.TensorRole.SHARED_EXPERT_GATE;
import static dev.ridgepoint.estimator.architecture.TensorRole.VALUE;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.RecurrentMixer;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.TokenMixer;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import java.util.List;

/**
 * Of what a layer consists, said once. A Llama layer (Touvron et al. 2023, arXiv:2302.13971) reads
 *
 * <pre>
 *   attention_norm   normed    = norm(residual)
 *   qkv_proj         q, k, v   = normed W
 *   rope             q, k      rotated by their positions
 *   kv_append        cache    += k, v
 *   attention        attended  = softmax(q K) V, over the cache
 *   o_proj           residual += attended W
 *   ffn_norm         normed    = norm(residual)
 *   ffn_gate_up      gate, up  = normed W
 *   swiglu           activated = silu(gate) up
 *   ffn_down         residual += activated W
 * </pre>
 *
 * and what other families do in its place stands beside it: other mixers of tokens in {@link
 * AttentionOperations} and {@link RecurrentOperations}. Multipliers that are constant (Gemma's
 * scale of embeddings, for one) are not counted; they can be folded into a weight.
 */
final class LayerOperations {
  private final LayerWriter writer;
  private final Layer layer;
  private final LayerNorms norms;
  private final int hidden;

  /**
   * Appends the operations of a layer to {@code operations}.
   *
   * @param index the layer's number, from 0
   */
  LayerOperations(List<Operation> operations, int index, Layer layer, int hidden) {
    this.layer = layer;
    this.hidden = hidden;
    norms = layer.norms();
    writer = new LayerWriter(operations, index, layer.weights(hidden), hidden);
  }

  /** Mixers and feed-forward, each between its norms; what the layer does besides around them. */
  void add(LatentForm latentForm, boolean isCached) {
    AdditionOperations additions = new AdditionOperations(writer, layer.additions());
    additions.before();
    boolean normalizesBranch = norms.isBranchNormalized() && norms.norm().isPresent();
    Buffer branch = normalizesBranch ? Buffer.BRANCH : Buffer.RESIDUAL;

    norm(norms.beforeAttention(), "attention_norm", ATTENTION_NORM);
    // Before attention adds to the stream that it reads.
    feedForwardNorm(norms.isParallel(), Buffer.PARALLEL_NORMED);
    Buffer mixerInput = norms.beforeAttention() ? Buffer.NORMED : Buffer.RESIDUAL;
    Buffer mixerOutput = norms.afterAttention() ? branch : Buffer.RESIDUAL;
    boolean isFirst = true;
    for (TokenMixer mixer : layer.mixers()) {
      boolean isAdded = mixerOutput == Buffer.RESIDUAL || !isFirst;
      mix(mixer, latentForm, isCached, mixerInput, mixerOutput, isAdded);
      isFirst = false;
    }
    postNorm(norms.afterAttention(), "post_attention_norm", POST_ATTENTION_NORM, branch);

    layer
        .crossAttention()
        .ifPresent(
            cross -> {
              norm(norms.beforeAttention(), "cross_attention_norm", CROSS_ATTENTION_NORM);
              boolean isAdded = mixerOutput == Buffer.RESIDUAL;
              new AttentionOperations(writer, mixerInput, mixerOutput, isAdded).cross(cross);
              postNorm(
                  norms.afterAttention(),
                  "post_cross_attention_norm",
                  POST_CROSS_ATTENTION_NORM,
                  branch);
            });

    feedForwardNorm(!norms.isParallel(), Buffer.NORMED);
    Buffer feedForwardInput = feedForwardInput(mixerInput);
    Buffer feedForwardOutput = norms.afterFeedForward() ? branch : Buffer.RESIDUAL;
    switch (layer.feedForward()) {
      case DenseFeedForward dense ->
          feedForward(
              "ffn_",
              dense,
              Owner.LAYER,
              feedForwardInput,
              feedForwardOutput,
              feedForwardOutput == Buffer.RESIDUAL);
      case MixtureOfExperts experts -> experts(experts, feedForwardInput, feedForwardOutput);
      case FeedForward.None _ -> {}
    }
    postNorm(norms.afterFeedForward(), "post_ffn_norm", POST_FEED_FORWARD_NORM, branch);
    additions.after();
  }

  private void mix(
      TokenMixer mixer,
      LatentForm latentForm,
      boolean isCached,
      Buffer from,
      Buffer to,
      boolean isAdded) {
    LayerWriter own = writer.of(mixer.weights(hidden));
    AttentionOperations attention = new AttentionOperations(own, from, to, isAdded);
    switch (mixer) {
      case GroupedQueryAttention grouped -> attention.grouped(grouped, isCached);
      case LatentAttention latent -> attention.latent(latent, latentForm);
      case RecurrentMixer recurrent ->
          new RecurrentOperations(own, from, to, isAdded).add(recurrent);
    }
  }

  /** The keys and values of cross-attention, of the encoder's output. */
  void addCrossKeyValues(GroupedQueryAttention attention) {
    Owner owner = Owner.CROSS_ATTENTION;
    writer.linear("cross_kv_proj", owner, Buffer.NORMED, Buffer.QUERY_KEY_VALUE, false, KEY, VALUE);
    long width = 2 * attention.keyValueWidth();
    writer.add(new AppendKeyValues("cross_kv_append", writer.index(), attention, width));
  }

  /** Two projections with a nonlinearity between, or three when gated. */
  private void feedForward(
      String prefix,
      DenseFeedForward feedForward,
      Owner owner,
      Buffer from,
      Buffer to,
      boolean isResidual) {
    Buffer between = Buffer.FEED_FORWARD;
    if (feedForward.isGated()) {
      writer.linear(
          prefix + "gate_up", owner, from, between, false, FEED_FORWARD_GATE, FEED_FORWARD_UP);
    } else {
      writer.linear(prefix + "up", owner, from, between, false, FEED_FORWARD_UP);
    }
    String activation = activationName(feedForward);
    String name = owner == Owner.LAYER ? activation : prefix + activation;
    activate(name, feedForward, owner, 1);
    writer.normalize(
        prefix + "sub_norm",
        feedForward.innerNorm(),
        owner,
        ACTIVATED_NORM,
        feedForward.intermediateSize(),
        Buffer.ACTIVATED);
    writer.linear(prefix + "down", owner, Buffer.ACTIVATED, to, isResidual, FEED_FORWARD_DOWN);
  }

  private void activate(String name, DenseFeedForward feedForward, Owner owner, long rowsPerToken) {
    List<WeightTensor> weights = writer.weights(owner, ACTIVATION);
    writer.add(new Activate(name, writer.index(), feedForward, weights, rowsPerToken));
  }

  private static String activationName(DenseFeedForward feedForward) {
    boolean isSwiGlu = feedForward.isGated() && feedForward.activation() == Activation.SILU;
    return isSwiGlu ? "swiglu" : "activation";
  }

  /** A router chooses the experts that each token passes, beside one that all of them pass. */
  private void experts(MixtureOfExperts experts, Buffer from, Buffer to) {
    int index = writer.index();
    writer.add(new Route("router", index, experts, hidden, writer.weights(ROUTER), from));
    DenseFeedForward expert = experts.expert();
    TensorRole[] inputs =
        expert.isGated()
            ? new TensorRole[] {FEED_FORWARD_GATE, FEED_FORWARD_UP}
            : new TensorRole[] {FEED_FORWARD_UP};
    String input = expert.isGated() ? "experts_gate_up" : "experts_up";
    List<WeightTensor> in = writer.weights(Owner.EXPERT, inputs);
    writer.add(new ExpertLinear(input, index, experts, in, true, from, Buffer.FEED_FORWARD, false));
    activate(
        "experts_" + activationName(expert), expert, Owner.EXPERT, experts.numExpertsPerToken());
    List<WeightTensor> down = writer.weights(Owner.EXPERT, FEED_FORWARD_DOWN);
    boolean isResidual = to == Buffer.RESIDUAL;
    writer.add(
        new ExpertLinear(
            "experts_down", index, experts, down, false, Buffer.ACTIVATED, to, isResidual));
    boolean isGated = experts.hasSharedGate();
    Buffer sharedTo = isGated ? Buffer.SHARED_EXPERT : to;
    experts
        .sharedExpert()
        .ifPresent(
            shared ->
                feedForward(
                    "shared_expert_", shared, Owner.SHARED_EXPERT, from, sharedTo, !isGated));
    if (isGated) {
      WeightTensor gate = writer.matrix(SHARED_EXPERT_GATE);
      writer.add(new ScaleBySharedGate("shared_expert_gate", index, gate, from, to));
    }
  }

  private void norm(boolean isPresent, String name, TensorRole role) {
    norm(isPresent, name, role, Buffer.NORMED);
  }

  private void norm(boolean isPresent, String name, TensorRole role, Buffer to) {
    if (isPresent) {
      writer.normalize(name, norms.norm(), role, hidden, Buffer.RESIDUAL, to, false);
    }
  }

  private void feedForwardNorm(boolean isHere, Buffer to) {
    norm(norms.beforeFeedForward() && isHere, "ffn_norm", norms.beforeFeedForwardRole(), to);
  }

  /** Where one norm serves both parts, the feed-forward takes in what attention took in. */
  private Buffer feedForwardInput(Buffer mixerInput) {
    if (!norms.beforeFeedForward()) {
      return mixerInput;
    }
    return norms.isParallel() ? Buffer.PARALLEL_NORMED : Buffer.NORMED;
  }

  /** Of the branch, which is then added to the residual stream, or of the sum with it. */
  private void postNorm(boolean isPresent, String name, TensorRole role, Buffer branch) {
    if (isPresent) {
      boolean isAdded = branch == Buffer.BRANCH;
      writer.normalize(name, norms.norm(), role, hidden, branch, Buffer.RESIDUAL, isAdded);
    }
  }
}
