package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Scores, softmax and weighted sum of values. With P the attended positions, each head takes per
 * position 2d FLOPs for the score, what is done to it, and 2d for its value; and one divide for
 * each output. Queries are read, outputs written, and the keys and values that a sequence's new
 * tokens see are read once.
 *
 * @param weights the heads' sinks, if there are any
 * @param source where keys and values come from
 */
public record Attend(
    String name,
    int layer,
    GroupedQueryAttention attention,
    List<WeightTensor> weights,
    Source source)
    implements Operation {
  /** Per score: scale it, subtract the maximum, exponential, add to the sum. */
  static final int SOFTMAX_FLOPS = 4;

  /** Per score: scale it, subtract, exponential; of its gradient subtract, and two products. */
  private static final int SOFTMAX_BACKWARD_FLOPS = 6;

  /** Where keys and values come from. */
  public enum Source {
    /** The sequence's cache, which holds the new ones already. */
    CACHE,
    /** The tokens of this step alone, as in an encoder. */
    STEP,
    /** What an encoder has left in the cache. */
    ENCODER
  }

  public Attend {
    weights = List.copyOf(weights);
  }

  @Override
  public Kernel kernel() {
    return Kernel.ATTENTION;
  }

  @Override
  public Cost cost(StepWork work) {
    long heads = attention.numAttentionHeads();
    StepWork.Positions seen =
        source == Source.ENCODER ? work.sourcePositions() : work.positions(attention.span());
    CostCounter counter =
        work.counter()
            .multiplyAdds(2, attention.queryWidth(), seen.attended())
            .flops(heads, seen.attended(), SOFTMAX_FLOPS + attention.scoreTerms().flopsPerScore())
            .flops(work.tokens(), attention.queryWidth())
            .flops(work.tokens(), heads, attention.scoreTerms().flopsPerQuery())
            .weights(layer, weights)
            .activations(2, work.tokens(), attention.queryWidth());
    return source == Source.STEP
        ? counter.activations(2, seen.visible(), attention.keyValueWidth()).cost()
        : counter
            .kvRead(seen.visible(), AppendKeyValues.bytesPerPosition(attention, work.options()))
            .cost();
  }

  /**
   * Five products of queries and positions: the scores again, the gradients of softmax, values,
   * queries and keys; and for each query the product of output and gradient. A logarithm of the sum
   * of exponentials for each query, which is kept instead of its scores, is formed and written in
   * the forward pass, and counted here with its reading. Source: Dao 2023, arXiv:2307.08691,
   * algorithm 2.
   */
  @Override
  public Cost backwardCost(StepWork work) {
    if (source != Source.STEP || !weights.isEmpty()) {
      return Operation.super.backwardCost(work);
    }
    long heads = attention.numAttentionHeads();
    StepWork.Positions seen = work.positions(attention.span());
    return work.counter()
        .multiplyAdds(5, attention.queryWidth(), seen.attended())
        .flops(heads, seen.attended(), SOFTMAX_BACKWARD_FLOPS)
        .flops(2, work.tokens(), attention.queryWidth())
        .flops(2, work.tokens(), heads)
        .activations(2, work.tokens(), heads)
        .activations(2 * 2, work.tokens(), attention.keyValueWidth())
        .activations(4, work.tokens(), attention.queryWidth())
        .cost();
  }
}
