package dev.ridgepoint.bench.launch;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A dense decoder of equal layers in the words of Megatron-LM's {@code pretrain_gpt.py}. What
 * changes sizes or time and has no flag there makes it none of its models; what does neither is
 * named.
 */
final class MegatronModel {
  private final Architecture architecture;
  private final Stack stack;
  private final GroupedQueryAttention attention;
  private final DenseFeedForward feedForward;

  /**
   * @param architecture one that {@code TrainingModel.of} accepts
   */
  MegatronModel(Architecture architecture) {
    this.architecture = architecture;
    stack = architecture.decoder().orElseThrow();
    Layer layer = stack.layers().getFirst();
    attention = (GroupedQueryAttention) layer.attention();
    feedForward = (DenseFeedForward) layer.feedForward();
  }

  /** Why it has no flags for this model, in a few words; empty if it has. */
  Optional<String> lacking() {
    Embedding embedding = architecture.embedding();
    if (embedding.norm().isPresent()
        || embedding.tokenTypes() > 0
        || embedding.isProjected(architecture.hiddenSize())) {
      return Optional.of("such an embedding");
    }
    if (attention.scoreTerms().positionBias() || attention.scoreTerms().sink()) {
      return Optional.of("such attention");
    }
    if (attention.outputBias() != feedForward.bias()
        || (feedForward.bias() && !attention.qkvBias())) {
      return Optional.of("biases of some of these matrices alone");
    }
    if (activationFlag().isEmpty()) {
      return Optional.of("such a feed-forward");
    }
    return Optional.empty();
  }

  /** What so many devices cannot share there, in a few words; empty if they can share all. */
  Optional<String> unshared(int tensorParallel) {
    int groups = attention.numKeyValueHeads();
    if (groups % tensorParallel != 0 && tensorParallel % groups != 0) {
      return Optional.of(String.format(Locale.ROOT, "%d key/value heads", groups));
    }
    int width = feedForward.intermediateSize();
    return width % tensorParallel == 0
        ? Optional.empty()
        : Optional.of(String.format(Locale.ROOT, "a feed-forward of width %d", width));
  }

  /** What the line leaves out, which changes neither sizes nor, but for windows, time. */
  List<String> leftOut() {
    List<String> parts = new ArrayList<>();
    if (stack.layers().stream().anyMatch(layer -> !(span(layer) instanceof AttentionSpan.Causal))) {
      parts.add("attention windows");
    }
    RopeScaling scaling = attention.rope().scaling();
    if (!(scaling instanceof RopeScaling.None || scaling instanceof RopeScaling.Llama3)) {
      parts.add("stretched rotary positions");
    }
    Numerics numerics = architecture.numerics();
    if (numerics.embeddingScale() != 1
        || numerics.residualScale() != 1
        || numerics.logitScale() != 1
        || numerics.logitSoftCap() != 0
        || attention.scoreTerms().softCap() != 0) {
      parts.add("factors of embeddings, residuals, scores or logits");
    }
    return parts;
  }

  /** Adds its flags. */
  void addTo(Line line, int sequenceLength) {
    int heads = attention.numAttentionHeads();
    boolean sharesKeys = attention.numKeyValueHeads() < heads;
    line.flag("--num-layers", stack.layers().size())
        .flag("--hidden-size", architecture.hiddenSize())
        .flag("--ffn-hidden-size", feedForward.intermediateSize())
        .flag("--num-attention-heads", heads)
        .flagIf(sharesKeys, "--group-query-attention")
        .flagIf(sharesKeys, "--num-query-groups", attention.numKeyValueHeads())
        .flag("--kv-channels", attention.headDim())
        .flag("--seq-length", sequenceLength)
        .flag("--max-position-embeddings", positions(sequenceLength));
    addPositions(line);
    boolean isRms = stack.finalNorm() == Norm.RMS;
    line.flag("--normalization", isRms ? "RMSNorm" : "LayerNorm")
        .flag("--norm-epsilon", architecture.numerics().normEpsilon())
        .flagIf(attention.queryKeyNorm().norm().isPresent(), "--qk-layernorm");
    activationFlag().orElseThrow().ifPresent(line::flag);
    line.flagIf(!feedForward.bias(), "--disable-bias-linear")
        .flagIf(!feedForward.bias() && attention.qkvBias(), "--add-qkv-bias")
        .flagIf(!architecture.isTied(), "--untie-embeddings-and-output-weights")
        .flag("--attention-dropout", "0.0")
        .flag("--hidden-dropout", "0.0")
        .flag("--vocab-size", architecture.embedding().vocabSize());
  }

  /** Rows of the learned table, or what the rotary positions are made for. */
  private int positions(int sequenceLength) {
    int rows = architecture.embedding().positionRows();
    if (rows > 0) {
      return rows;
    }
    int most = architecture.maxPositions();
    return most == Architecture.UNLIMITED_POSITIONS ? sequenceLength : most;
  }

  private void addPositions(Line line) {
    Rope rope = attention.rope();
    if (rope.dim() == 0) {
      boolean isLearned = architecture.embedding().positionRows() > 0;
      line.flag("--position-embedding-type", isLearned ? "learned_absolute" : "none");
      return;
    }
    boolean isPartial = rope.dim() < attention.headDim();
    line.flag("--position-embedding-type", "rope")
        .flag("--rotary-base", Math.round(rope.theta()))
        .flagIf(isPartial, "--rotary-percent", (double) rope.dim() / attention.headDim());
    if (rope.scaling() instanceof RopeScaling.Llama3 llama) {
      line.flag("--use-rope-scaling").flag("--rope-scaling-factor", llama.factor());
    }
  }

  /** The flag of the activation, if one is needed; empty if there is none for it. */
  private Optional<Optional<String>> activationFlag() {
    Activation activation = feedForward.activation();
    if (feedForward.isGated()) {
      return activation == Activation.SILU
          ? Optional.of(Optional.of("--swiglu"))
          : Optional.empty();
    }
    return switch (activation) {
      case GELU, GELU_TANH -> Optional.of(Optional.empty());
      case RELU_SQUARED -> Optional.of(Optional.of("--squared-relu"));
      default -> Optional.empty();
    };
  }

  private static AttentionSpan span(Layer layer) {
    return layer.attention().span();
  }
}
