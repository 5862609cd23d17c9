package dev.ridgepoint.estimator.operation;

import static java.lang.Math.addExact;

import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.format.KvCacheLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The operations between the attention norm and the feed-forward norm of one layer. Letters as in
 * {@link OperationList}.
 */
final class AttentionOperations {
  /** Per score: scale it, subtract the maximum, exponential, add to the sum. */
  private static final int SOFTMAX_FLOPS = 4;

  private final ForwardOptions options;
  private final List<OperationCost> operations;
  private final Step step;
  private final long tokens;
  private final long hidden;
  private final Map<AttentionSpan, Positions> positions = new HashMap<>();

  /** Positions attended, summed over all new tokens; positions that any of them sees. */
  private record Positions(long attended, long visible) {}

  AttentionOperations(
      ForwardOptions options, List<OperationCost> operations, Step step, long hidden) {
    this.options = options;
    this.operations = operations;
    this.step = step;
    this.hidden = hidden;
    tokens = step.totalNewTokens();
  }

  /**
   * Self-attention.
   *
   * @param isCached whether keys and values go through a cache, as in a decoder
   */
  void add(Attention attention, int layer, boolean isCached) {
    switch (attention) {
      case GroupedQueryAttention grouped -> grouped(grouped, layer, isCached);
      case LatentAttention latent -> latent(latent, layer);
    }
  }

  /** Cross-attention to {@code sourceTokens} positions of each sequence, already projected. */
  void addCross(GroupedQueryAttention attention, int layer, long sourceTokens) {
    long query = attention.queryWidth();
    operation("cross_q_proj", layer)
        .linear(Component.ATTENTION, tokens, hidden, query, attention.qkvBias())
        .addTo(operations);
    long visible = Math.multiplyExact(step.sequences().size(), sourceTokens);
    long attended = Math.multiplyExact(tokens, sourceTokens);
    scores("cross_attention", attention, layer, attended)
        .kvRead(visible, bytesPerPosition(attention))
        .addTo(operations);
    output("cross_o_proj", layer, query, attention.outputBias());
  }

  /** Projects {@code rows} rows of the encoder's output to the keys and values of a layer. */
  void addCrossKeyValues(GroupedQueryAttention attention, int layer) {
    long width = 2 * attention.keyValueWidth();
    operation("cross_kv_proj", layer)
        .linear(Component.ATTENTION, tokens, hidden, width, attention.qkvBias())
        .addTo(operations);
    append("cross_kv_append", layer, width, bytesPerPosition(attention));
  }

  private void grouped(GroupedQueryAttention attention, int layer, boolean isCached) {
    long query = attention.queryWidth();
    long keyValue = attention.keyValueWidth();
    operation("qkv_proj", layer)
        .linear(Component.ATTENTION, tokens, hidden, query + 2 * keyValue, attention.qkvBias())
        .addTo(operations);
    if (attention.queryKeyNorm().norm().isPresent()) {
      queryKeyNorm(attention, layer);
    }
    long heads = (long) attention.numAttentionHeads() + attention.numKeyValueHeads();
    rope(layer, heads, attention.rotaryDim());
    Positions seen = positions(attention.span());
    OperationCounter scores = scores("attention", attention, layer, seen.attended);
    if (isCached) {
      append("kv_append", layer, 2 * keyValue, bytesPerPosition(attention));
      scores.kvRead(seen.visible, bytesPerPosition(attention));
    } else {
      scores.activations(2, seen.visible, keyValue);
    }
    scores.addTo(operations);
    output("o_proj", layer, query, attention.outputBias());
  }

  private void queryKeyNorm(GroupedQueryAttention attention, int layer) {
    OperationCounter counter = operation("qk_norm", layer);
    for (int heads : new int[] {attention.numAttentionHeads(), attention.numKeyValueHeads()}) {
      counter
          .flops(attention.queryKeyNorm().flops(tokens, heads, attention.headDim()))
          .vector(attention.queryKeyNorm().parameters(heads, attention.headDim()))
          .activations(2, tokens, heads, attention.headDim());
    }
    counter.addTo(operations);
  }

  /** Rotates pairs of {@code rotaryDim} elements of each head: 4 products and 2 adds per pair. */
  private void rope(int layer, long heads, long rotaryDim) {
    if (rotaryDim > 0) {
      operation("rope", layer)
          .flops(3, tokens, heads, rotaryDim)
          .activations(2, tokens, heads, rotaryDim)
          .addTo(operations);
    }
  }

  /** Writes {@code width} elements of each token to the cache. */
  private void append(String name, int layer, long width, long bytesPerPosition) {
    operation(name, layer)
        .activations(tokens, width)
        .kvWritten(tokens, bytesPerPosition)
        .addTo(operations);
  }

  /**
   * With P the attended positions, each head takes per position 2d FLOPs for the score, what is
   * done to it, and 2d for its value; and one divide for each output. Queries are read, outputs
   * written.
   */
  private OperationCounter scores(
      String name, GroupedQueryAttention attention, int layer, long attended) {
    long heads = attention.numAttentionHeads();
    OperationCounter counter =
        operation(name, layer)
            .multiplyAdds(2, attention.queryWidth(), attended)
            .flops(heads, attended, SOFTMAX_FLOPS + attention.scoreTerms().flopsPerScore())
            .flops(tokens, attention.queryWidth())
            .flops(tokens, heads, attention.scoreTerms().flopsPerQuery())
            .activations(2, tokens, attention.queryWidth());
    return attention.scoreTerms().sink() ? counter.vector(heads) : counter;
  }

  private void latent(LatentAttention attention, int layer) {
    long heads = attention.numAttentionHeads();
    latentQueries(attention, layer);
    project("kv_a_proj", layer, tokens, hidden, attention.latentWidth());
    operation("kv_a_norm", layer)
        .norm(Norm.RMS, tokens, attention.keyValueLoraRank())
        .addTo(operations);
    rope(layer, heads + 1, attention.rotaryDim());
    switch (options.latentForm()) {
      case EXPANDED_CACHE -> expandedCache(attention, layer);
      case EXPANDED_EACH_STEP -> expandedEachStep(attention, layer);
      case ABSORBED -> absorbed(attention, layer);
    }
    output("o_proj", layer, attention.valueWidth(), false);
  }

  private void latentQueries(LatentAttention attention, int layer) {
    if (attention.queryLoraRank() == 0) {
      project("q_proj", layer, tokens, hidden, attention.queryWidth());
      return;
    }
    project("q_a_proj", layer, tokens, hidden, attention.queryLoraRank());
    operation("q_a_norm", layer)
        .norm(Norm.RMS, tokens, attention.queryLoraRank())
        .addTo(operations);
    project("q_b_proj", layer, tokens, attention.queryLoraRank(), attention.queryWidth());
  }

  private void expandedCache(LatentAttention attention, int layer) {
    long expanded = expandedWidth(attention);
    project("kv_b_proj", layer, tokens, attention.keyValueLoraRank(), expanded);
    append("kv_append", layer, expanded + attention.rotaryDim(), bytesPerPosition(attention));
    Positions seen = positions(attention.span());
    expandedScores(attention, layer, seen.attended)
        .kvRead(seen.visible, bytesPerPosition(attention))
        .addTo(operations);
  }

  private void expandedEachStep(LatentAttention attention, int layer) {
    append("kv_append", layer, attention.latentWidth(), bytesPerPosition(attention));
    Positions seen = positions(attention.span());
    long expanded = expandedWidth(attention);
    long rank = attention.keyValueLoraRank();
    operation("kv_b_proj", layer)
        .multiplyAdds(seen.visible, rank, expanded)
        .matrix(Component.ATTENTION, expanded, rank)
        .kvRead(seen.visible, bytesPerPosition(attention))
        .activations(seen.visible, expanded)
        .addTo(operations);
    expandedScores(attention, layer, seen.attended)
        .activations(seen.visible, expanded + attention.rotaryDim())
        .addTo(operations);
  }

  /** Scores over keys of d_nope + d_rope elements, values of d_v. */
  private OperationCounter expandedScores(LatentAttention attention, int layer, long attended) {
    long heads = attention.numAttentionHeads();
    return operation("attention", layer)
        .multiplyAdds(attended, attention.queryWidth())
        .multiplyAdds(attended, attention.valueWidth())
        .flops(heads, attended, SOFTMAX_FLOPS)
        .flops(tokens, attention.valueWidth())
        .activations(tokens, attention.queryWidth() + attention.valueWidth());
  }

  /** Scores over latents of r + d_rope elements, whose r elements are the values too. */
  private void absorbed(LatentAttention attention, int layer) {
    long heads = attention.numAttentionHeads();
    long rank = attention.keyValueLoraRank();
    long latent = attention.latentWidth();
    append("kv_append", layer, latent, bytesPerPosition(attention));
    absorb("q_absorb", layer, heads, attention.keyDim(), rank);
    Positions seen = positions(attention.span());
    operation("attention", layer)
        .multiplyAdds(heads, seen.attended, latent + rank)
        .flops(heads, seen.attended, SOFTMAX_FLOPS)
        .flops(tokens, heads, rank)
        .kvRead(seen.visible, bytesPerPosition(attention))
        .activations(tokens, heads, latent + rank)
        .addTo(operations);
    absorb("v_absorb", layer, heads, attention.valueDim(), rank);
  }

  /** One head's share of {@code kv_b_proj}, between its {@code dim} elements and the latent. */
  private void absorb(String name, int layer, long heads, long dim, long rank) {
    operation(name, layer)
        .multiplyAdds(tokens, heads, dim, rank)
        .matrix(Component.ATTENTION, heads * dim, rank)
        .activations(tokens, heads, dim + rank)
        .addTo(operations);
  }

  private void project(String name, int layer, long rows, long inputs, long outputs) {
    operation(name, layer)
        .linear(Component.ATTENTION, rows, inputs, outputs, false)
        .addTo(operations);
  }

  private void output(String name, int layer, long inputs, boolean bias) {
    operation(name, layer)
        .linear(Component.ATTENTION, tokens, inputs, hidden, bias)
        .residual(tokens, hidden)
        .addTo(operations);
  }

  private Positions positions(AttentionSpan span) {
    return positions.computeIfAbsent(
        span,
        any -> {
          long attended = 0;
          long visible = 0;
          for (Step.Sequence sequence : step.sequences()) {
            long newTokens = sequence.newTokens();
            attended = addExact(attended, span.attended(newTokens, sequence.context()));
            visible = addExact(visible, span.visible(newTokens, sequence.context()));
          }
          return new Positions(attended, visible);
        });
  }

  private long bytesPerPosition(Attention attention) {
    return KvCacheLayout.bytesPerPosition(attention, options.kvCache(), options.latentForm());
  }

  private static long expandedWidth(LatentAttention attention) {
    return (long) attention.numAttentionHeads() * (attention.keyDim() + attention.valueDim());
  }

  private OperationCounter operation(String name, int layer) {
    return new OperationCounter(options, name, layer);
  }
}
