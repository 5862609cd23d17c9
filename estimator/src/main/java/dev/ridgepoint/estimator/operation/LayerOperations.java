package dev.ridgepoint.estimator.operation;

import static dev.ridgepoint.estimator.architecture.TensorRole.ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.ATTENTION_OUTPUT;
import static dev.ridgepoint.estimator.architecture.TensorRole.CROSS_ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_GATE;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY_VALUE_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY_VALUE_LATENT_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY_VALUE_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_CROSS_ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_FEED_FORWARD_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY_LATENT_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.ROUTER;
import static dev.ridgepoint.estimator.architecture.TensorRole.SHARED_EXPERT_GATE;
import static dev.ridgepoint.estimator.architecture.TensorRole.SINKS;
import static dev.ridgepoint.estimator.architecture.TensorRole.VALUE;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import java.util.Arrays;
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
 * and what other families do in its place stands beside it. Multipliers that are constant (Gemma's
 * scale of embeddings, for one) are not counted; they can be folded into a weight.
 */
final class LayerOperations {
  private final List<Operation> operations;
  private final int index;
  private final Layer layer;
  private final List<WeightTensor> weights;
  private final int hidden;

  /**
   * Appends the operations of a layer to {@code operations}.
   *
   * @param index the layer's number, from 0
   */
  LayerOperations(List<Operation> operations, int index, Layer layer, int hidden) {
    this.operations = operations;
    this.index = index;
    this.layer = layer;
    this.hidden = hidden;
    weights = layer.weights(hidden);
  }

  /** Attention and feed-forward, each between its norms. */
  void add(LatentForm latentForm, boolean isCached) {
    LayerNorms norms = layer.norms();
    boolean normalizesBranch = norms.isBranchNormalized() && norms.norm().isPresent();
    Buffer branch = normalizesBranch ? Buffer.BRANCH : Buffer.RESIDUAL;

    norm(norms.beforeAttention(), "attention_norm", ATTENTION_NORM, Buffer.NORMED);
    Buffer attentionInput = norms.beforeAttention() ? Buffer.NORMED : Buffer.RESIDUAL;
    Buffer attentionOutput = norms.afterAttention() ? branch : Buffer.RESIDUAL;
    switch (layer.attention()) {
      case GroupedQueryAttention grouped ->
          groupedQueryAttention(grouped, isCached, attentionInput, attentionOutput);
      case LatentAttention latent ->
          latentAttention(latent, latentForm, attentionInput, attentionOutput);
    }
    postNorm(norms.afterAttention(), "post_attention_norm", POST_ATTENTION_NORM, branch);

    layer
        .crossAttention()
        .ifPresent(
            cross -> {
              norm(
                  norms.beforeAttention(),
                  "cross_attention_norm",
                  CROSS_ATTENTION_NORM,
                  Buffer.NORMED);
              crossAttention(cross, attentionInput, attentionOutput);
              postNorm(
                  norms.afterAttention(),
                  "post_cross_attention_norm",
                  POST_CROSS_ATTENTION_NORM,
                  branch);
            });

    norm(norms.beforeFeedForward(), "ffn_norm", norms.beforeFeedForwardRole(), Buffer.NORMED);
    // Where one norm serves both parts, the feed-forward takes in what attention took in.
    Buffer feedForwardInput = norms.beforeFeedForward() ? Buffer.NORMED : attentionInput;
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
    }
    postNorm(norms.afterFeedForward(), "post_ffn_norm", POST_FEED_FORWARD_NORM, branch);
  }

  private void groupedQueryAttention(
      GroupedQueryAttention attention, boolean isCached, Buffer from, Buffer to) {
    linear("qkv_proj", from, Buffer.QUERY_KEY_VALUE, QUERY, KEY, VALUE);
    if (attention.queryKeyNorm().norm().isPresent()) {
      add(new NormalizeHeads("qk_norm", index, attention, vectors(QUERY_NORM, KEY_NORM)));
    }
    int heads = attention.numAttentionHeads() + attention.numKeyValueHeads();
    if (attention.rotaryDim() > 0) {
      add(new Rotate("rope", index, attention, heads));
    }
    if (isCached) {
      add(new AppendKeyValues("kv_append", index, attention, 2 * attention.keyValueWidth()));
    }
    Attend.Source source = isCached ? Attend.Source.CACHE : Attend.Source.STEP;
    add(new Attend("attention", index, attention, vectors(SINKS), source));
    linear("o_proj", Buffer.ATTENDED, to, ATTENTION_OUTPUT);
  }

  /** Attention to what an encoder has left in the cache. */
  private void crossAttention(GroupedQueryAttention attention, Buffer from, Buffer to) {
    linear("cross_q_proj", Owner.CROSS_ATTENTION, from, Buffer.QUERIES, QUERY);
    add(
        new Attend(
            "cross_attention",
            index,
            attention,
            vectors(Owner.CROSS_ATTENTION, SINKS),
            Attend.Source.ENCODER));
    linear("cross_o_proj", Owner.CROSS_ATTENTION, Buffer.ATTENDED, to, ATTENTION_OUTPUT);
  }

  /** The keys and values of cross-attention, of the encoder's output. */
  void addCrossKeyValues(GroupedQueryAttention attention) {
    linear(
        "cross_kv_proj", Owner.CROSS_ATTENTION, Buffer.NORMED, Buffer.QUERY_KEY_VALUE, KEY, VALUE);
    long width = 2 * attention.keyValueWidth();
    add(new AppendKeyValues("cross_kv_append", index, attention, width));
  }

  /** Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1). */
  private void latentAttention(LatentAttention attention, LatentForm form, Buffer from, Buffer to) {
    if (attention.queryLoraRank() == 0) {
      linear("q_proj", from, Buffer.QUERIES, QUERY);
    } else {
      linear("q_a_proj", from, Buffer.QUERY_LATENT, QUERY_DOWN);
      latentNorm("q_a_norm", QUERY_LATENT_NORM, attention.queryLoraRank(), Buffer.QUERY_LATENT);
      linear("q_b_proj", Buffer.QUERY_LATENT, Buffer.QUERIES, QUERY_UP);
    }
    linear("kv_a_proj", from, Buffer.KEY_VALUE_LATENT, KEY_VALUE_DOWN);
    latentNorm(
        "kv_a_norm", KEY_VALUE_LATENT_NORM, attention.keyValueLoraRank(), Buffer.KEY_VALUE_LATENT);
    add(new Rotate("rope", index, attention, attention.numAttentionHeads() + 1));
    WeightTensor expansion = matrix(Owner.LAYER, KEY_VALUE_UP);
    switch (form) {
      case EXPANDED_CACHE -> {
        linear("kv_b_proj", Buffer.KEY_VALUE_LATENT, Buffer.QUERY_KEY_VALUE, KEY_VALUE_UP);
        append(attention, attention.expandedWidth() + attention.rotaryDim());
        add(new AttendExpandedLatents("attention", index, attention, true));
      }
      case EXPANDED_EACH_STEP -> {
        append(attention, attention.latentWidth());
        add(new ExpandLatents("kv_b_proj", index, attention, expansion));
        add(new AttendExpandedLatents("attention", index, attention, false));
      }
      case ABSORBED -> {
        append(attention, attention.latentWidth());
        add(new AbsorbLatents("q_absorb", index, attention, expansion, attention.keyDim()));
        add(new AttendLatents("attention", index, attention));
        add(new AbsorbLatents("v_absorb", index, attention, expansion, attention.valueDim()));
      }
    }
    linear("o_proj", Buffer.ATTENDED, to, ATTENTION_OUTPUT);
  }

  private void append(LatentAttention attention, long width) {
    add(new AppendKeyValues("kv_append", index, attention, width));
  }

  /** Two projections with a nonlinearity between, or three when gated. */
  private void feedForward(
      String prefix,
      DenseFeedForward feedForward,
      Owner owner,
      Buffer from,
      Buffer to,
      boolean isResidual) {
    if (feedForward.isGated()) {
      linear(
          prefix + "gate_up", owner, from, Buffer.FEED_FORWARD, FEED_FORWARD_GATE, FEED_FORWARD_UP);
    } else {
      linear(prefix + "up", owner, from, Buffer.FEED_FORWARD, FEED_FORWARD_UP);
    }
    String activation = activationName(feedForward);
    String name = owner == Owner.LAYER ? activation : prefix + activation;
    add(new Activate(name, index, feedForward, 1));
    linear(prefix + "down", owner, Buffer.ACTIVATED, to, isResidual, FEED_FORWARD_DOWN);
  }

  private static String activationName(DenseFeedForward feedForward) {
    boolean isSwiGlu = feedForward.isGated() && feedForward.activation() == Activation.SILU;
    return isSwiGlu ? "swiglu" : "activation";
  }

  /** A router chooses the experts that each token passes, beside one that all of them pass. */
  private void experts(MixtureOfExperts experts, Buffer from, Buffer to) {
    List<WeightTensor> router = weights(Owner.LAYER, ROUTER);
    add(new Route("router", index, experts, hidden, router));
    DenseFeedForward expert = experts.expert();
    TensorRole[] inputs =
        expert.isGated()
            ? new TensorRole[] {FEED_FORWARD_GATE, FEED_FORWARD_UP}
            : new TensorRole[] {FEED_FORWARD_UP};
    String input = expert.isGated() ? "experts_gate_up" : "experts_up";
    add(new ExpertLinear(input, index, experts, weights(Owner.EXPERT, inputs), true, false));
    String activation = "experts_" + activationName(expert);
    add(new Activate(activation, index, expert, experts.numExpertsPerToken()));
    List<WeightTensor> down = weights(Owner.EXPERT, FEED_FORWARD_DOWN);
    boolean isResidual = to == Buffer.RESIDUAL;
    add(new ExpertLinear("experts_down", index, experts, down, false, isResidual));
    experts
        .sharedExpert()
        .ifPresent(
            shared -> feedForward("shared_expert_", shared, Owner.SHARED_EXPERT, from, to, true));
    if (experts.hasSharedGate()) {
      WeightTensor gate = matrix(Owner.LAYER, SHARED_EXPERT_GATE);
      add(new ScaleBySharedGate("shared_expert_gate", index, gate));
    }
  }

  private void norm(boolean isPresent, String name, TensorRole role, Buffer to) {
    if (isPresent) {
      norm(name, role, Buffer.RESIDUAL, to, false);
    }
  }

  /** Of the branch, which is then added to the residual stream, or of the sum with it. */
  private void postNorm(boolean isPresent, String name, TensorRole role, Buffer branch) {
    if (isPresent) {
      norm(name, role, branch, Buffer.RESIDUAL, branch == Buffer.BRANCH);
    }
  }

  private void norm(String name, TensorRole role, Buffer from, Buffer to, boolean isResidual) {
    if (layer.norms().norm().isPresent()) {
      add(
          new Normalize(
              name,
              index,
              layer.norms().norm(),
              vectors(role),
              hidden,
              Rows.TOKENS,
              from,
              to,
              isResidual));
    }
  }

  private void latentNorm(String name, TensorRole role, int width, Buffer buffer) {
    add(
        new Normalize(
            name,
            index,
            LatentAttention.NORM,
            vectors(role),
            width,
            Rows.TOKENS,
            buffer,
            buffer,
            false));
  }

  private void linear(String name, Buffer from, Buffer to, TensorRole... roles) {
    linear(name, Owner.LAYER, from, to, roles);
  }

  /** What goes into the residual stream is added to it. */
  private void linear(String name, Owner owner, Buffer from, Buffer to, TensorRole... roles) {
    linear(name, owner, from, to, to == Buffer.RESIDUAL, roles);
  }

  /** One product of matrices that stand one below the other. */
  private void linear(
      String name, Owner owner, Buffer from, Buffer to, boolean isResidual, TensorRole... roles) {
    List<WeightTensor> all = weights(owner, roles);
    add(
        new Linear(
            name,
            index,
            all.stream().filter(tensor -> tensor.part() == Part.WEIGHT).toList(),
            all.stream().filter(tensor -> tensor.part() == Part.BIAS).toList(),
            Rows.TOKENS,
            from,
            to,
            isResidual));
  }

  private void add(Operation operation) {
    operations.add(operation);
  }

  private List<WeightTensor> vectors(TensorRole... roles) {
    return vectors(Owner.LAYER, roles);
  }

  private List<WeightTensor> vectors(Owner owner, TensorRole... roles) {
    return weights(owner, roles);
  }

  /** The weights of one copy of each of these roles, as far as the layer has them. */
  private List<WeightTensor> weights(Owner owner, TensorRole... roles) {
    return weights.stream()
        .filter(tensor -> tensor.owner() == owner && Arrays.asList(roles).contains(tensor.role()))
        .map(WeightTensor::single)
        .toList();
  }

  private WeightTensor matrix(Owner owner, TensorRole role) {
    return weights(owner, role).getFirst();
  }
}
