package dev.ridgepoint.estimator.operation;

import static java.lang.Math.addExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.estimator.format.DataFormats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The operations of one forward pass, in the order in which they are executed, each with its exact
 * cost. Where this project's engine runs the architecture, it meters the same list; the two must
 * agree to the last FLOP and byte.
 *
 * <p>Letters: m new tokens of all sequences, r positions that get logits, h hiddenSize, a query and
 * k key/value heads of d elements, I intermediateSize, V vocabSize. An operation reads each input
 * once and writes each output once; a matrix product [m, k] x [k, n] is 2mkn FLOPs, a bias or a
 * residual one per output.
 *
 * <p>A Llama layer (Touvron et al. 2023, arXiv:2302.13971) is the case that the engine runs:
 *
 * <ul>
 *   <li>{@code attention_norm}, {@code ffn_norm}: see {@link Norm}
 *   <li>{@code qkv_proj}: 2mh(a + 2k)d; {@code o_proj}: 2m(ad)h
 *   <li>{@code rope} (Su et al. 2021, arXiv:2104.09864): 4 products and 2 adds per pair
 *   <li>{@code kv_append}: writes m keys and values to the cache
 *   <li>{@code attention}: with P the attended positions summed over the new tokens, aP(4d + 4) +
 *       mad; the cached keys and values that a sequence's new tokens see are read once
 *   <li>{@code ffn_gate_up}: 4mhI; {@code swiglu} (Shazeer 2020, arXiv:2002.05202): 4mI; {@code
 *       ffn_down}: 2mIh
 *   <li>{@code lm_head}: 2rhV, whether the matrix is the embedding or not
 * </ul>
 *
 * <p>Multipliers that are constant (Gemma's scale of embeddings, for one) are not counted; they can
 * be folded into a weight.
 */
public final class OperationList {
  private static final int NO_LAYER = -1;

  private final Architecture architecture;
  private final ForwardOptions options;
  private final Step step;
  private final long tokens;
  private final long logits;
  private final long hidden;
  private final List<OperationCost> operations = new ArrayList<>();

  private OperationList(Architecture architecture, ForwardOptions options, Step step) {
    this.architecture = architecture;
    this.options = options;
    this.step = step;
    tokens = step.totalNewTokens();
    logits = step.totalLogits();
    hidden = architecture.hiddenSize();
  }

  /**
   * The operations of {@code step} as the engine executes them, in order.
   *
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> of(ModelConfig config, DataFormats formats, Step step) {
    return of(config.architecture(), ForwardOptions.of(formats, step), step);
  }

  /**
   * The operations of {@code step} in a decoder without cross-attention.
   *
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> of(
      Architecture architecture, ForwardOptions options, Step step) {
    return decode(architecture, options, step, 0);
  }

  /**
   * The operations of {@code step} in a decoder whose cross-attention, if any, sees {@code
   * sourceTokens} encoded tokens of each sequence; their keys and values are in the cache.
   *
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> decode(
      Architecture architecture, ForwardOptions options, Step step, long sourceTokens) {
    Stack decoder =
        architecture
            .decoder()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model_type %s has no decoder".formatted(architecture.modelType())));
    OperationList list = new OperationList(architecture, options, step);
    list.embedding();
    list.layers(decoder, true, sourceTokens);
    list.head(decoder.finalNorm());
    return List.copyOf(list.operations);
  }

  /**
   * The operations that encode {@code batch} sequences of {@code newTokens}. In an encoder-decoder
   * they end with the keys and values of the decoder's cross-attention, which are cached; in an
   * encoder alone with its head.
   *
   * @throws IllegalArgumentException if {@code architecture} has no encoder
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> encode(
      Architecture architecture, ForwardOptions options, int batch, int newTokens) {
    Stack encoder =
        architecture
            .encoder()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model_type %s has no encoder".formatted(architecture.modelType())));
    Step.Sequence sequence = new Step.Sequence(newTokens, 0, newTokens);
    Step step = new Step(Collections.nCopies(batch, sequence));
    OperationList list = new OperationList(architecture, options, step);
    list.embedding();
    list.layers(encoder, false, 0);
    if (architecture.decoder().isPresent()) {
      list.norm("final_norm", NO_LAYER, encoder.finalNorm(), list.tokens);
      list.crossKeyValues(architecture.decoder().get());
    } else {
      list.head(encoder.finalNorm());
    }
    return List.copyOf(list.operations);
  }

  /** The sum of operations, named {@code total}. */
  public static OperationCost total(List<OperationCost> operations) {
    return operations.stream()
        .reduce(
            new OperationCost("total", NO_LAYER, 0, 0, 0, 0, 0, 0),
            (sum, operation) ->
                new OperationCost(
                    "total",
                    NO_LAYER,
                    addExact(sum.flops(), operation.flops()),
                    addExact(sum.matmulFlops(), operation.matmulFlops()),
                    addExact(sum.weightBytes(), operation.weightBytes()),
                    addExact(sum.kvReadBytes(), operation.kvReadBytes()),
                    addExact(sum.kvWrittenBytes(), operation.kvWrittenBytes()),
                    addExact(sum.activationBytes(), operation.activationBytes())));
  }

  /** Gathers m rows of each table and adds them up. */
  private void embedding() {
    Embedding embedding = architecture.embedding();
    operation("embedding")
        .matrix(Component.EMBEDDING, tokens, embedding.width())
        .activations(tokens, embedding.width())
        .addTo(operations);
    if (embedding.isProjected(hidden)) {
      operation("embedding_in")
          .linear(Component.EMBEDDING, tokens, embedding.width(), hidden, false)
          .addTo(operations);
    }
    if (embedding.positionRows() > 0) {
      addTable("position_embedding");
    }
    if (embedding.tokenTypes() > 0) {
      addTable("token_type_embedding");
    }
    norm("embedding_norm", NO_LAYER, embedding.norm(), tokens);
  }

  private void addTable(String name) {
    operation(name)
        .matrix(Component.POSITIONS, tokens, hidden)
        .flops(tokens, hidden)
        .activations(2, tokens, hidden)
        .addTo(operations);
  }

  private void layers(Stack stack, boolean isCached, long sourceTokens) {
    if (stack.relativePositionBuckets() > 0) {
      long heads = stack.layers().getFirst().attention().numAttentionHeads();
      operation("relative_positions")
          .matrix(Component.POSITIONS, stack.relativePositionBuckets(), heads)
          .addTo(operations);
    }
    AttentionOperations attention = new AttentionOperations(options, operations, step, hidden);
    FeedForwardOperations feedForward =
        new FeedForwardOperations(options, operations, tokens, hidden);
    for (int index = 0; index < stack.layers().size(); index++) {
      Layer layer = stack.layers().get(index);
      LayerNorms norms = layer.norms();
      norm(norms.beforeAttention(), "attention_norm", index, norms);
      attention.add(layer.attention(), index, isCached);
      norm(norms.afterAttention(), "post_attention_norm", index, norms);
      if (layer.crossAttention().isPresent()) {
        norm(norms.beforeAttention(), "cross_attention_norm", index, norms);
        attention.addCross(layer.crossAttention().get(), index, sourceTokens);
        norm(norms.afterAttention(), "post_cross_attention_norm", index, norms);
      }
      norm(norms.beforeFeedForward(), "ffn_norm", index, norms);
      feedForward.add(layer.feedForward(), index);
      norm(norms.afterFeedForward(), "post_ffn_norm", index, norms);
    }
  }

  private void crossKeyValues(Stack decoder) {
    AttentionOperations attention = new AttentionOperations(options, operations, step, hidden);
    for (int index = 0; index < decoder.layers().size(); index++) {
      int layer = index;
      decoder
          .layers()
          .get(index)
          .crossAttention()
          .ifPresent(cross -> attention.addCrossKeyValues(cross, layer));
    }
  }

  private void head(Norm finalNorm) {
    Embedding embedding = architecture.embedding();
    switch (architecture.head()) {
      case Head.LanguageModel(boolean isTied, boolean bias) when logits > 0 -> {
        norm("final_norm", NO_LAYER, finalNorm, logits);
        if (embedding.isProjected(hidden)) {
          operation("embedding_out")
              .linear(Component.EMBEDDING, logits, hidden, embedding.width(), false)
              .addTo(operations);
        }
        Component component = isTied ? Component.EMBEDDING : Component.HEAD;
        operation("lm_head")
            .linear(component, logits, embedding.width(), embedding.vocabSize(), bias)
            .addTo(operations);
      }
      case Head.LanguageModel any -> {}
      case Head.Pooler any -> {
        norm("final_norm", NO_LAYER, finalNorm, tokens);
        long rows = step.sequences().size();
        operation("pooler")
            .linear(Component.HEAD, rows, hidden, hidden, true)
            .flops(rows, hidden)
            .addTo(operations);
      }
      case Head.None any -> norm("final_norm", NO_LAYER, finalNorm, tokens);
    }
  }

  private void norm(boolean isPresent, String name, int layer, LayerNorms norms) {
    if (isPresent) {
      norm(name, layer, norms.norm(), tokens);
    }
  }

  private void norm(String name, int layer, Norm norm, long rows) {
    if (norm.isPresent()) {
      new OperationCounter(options, name, layer).norm(norm, rows, hidden).addTo(operations);
    }
  }

  private OperationCounter operation(String name) {
    return new OperationCounter(options, name, NO_LAYER);
  }
}
