package dev.ridgepoint.estimator.operation;

import java.util.List;

/**
 * The work of one forward pass: which sequences take part, how many new tokens each brings, on how
 * much context. Prefill is one sequence with many new tokens; decode is one new token for each of B
 * sequences; chunked prefill and speculative verification lie between.
 *
 * @param sequences one entry per sequence, at least one
 */
public record Step(List<Sequence> sequences) {

  /**
   * One sequence's share of a step.
   *
   * @param newTokens tokens fed in this step, at least 1
   * @param context tokens already in the sequence's KV cache before this step, at least 0
   * @param logits positions, counted from the last, for which logits are computed: 0..newTokens
   */
  public record Sequence(int newTokens, int context, int logits) {
    public Sequence {
      if (newTokens < 1) {
        throw new IllegalArgumentException("newTokens must be at least 1, but is " + newTokens);
      }
      if (context < 0) {
        throw new IllegalArgumentException("context must not be negative, but is " + context);
      }
      if (logits < 0 || logits > newTokens) {
        throw new IllegalArgumentException(
            "logits must lie in 0.." + newTokens + ", but is " + logits);
      }
    }
  }

  public Step {
    sequences = List.copyOf(sequences);
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("a step needs at least one sequence");
    }
  }

  /** One sequence, nothing cached, logits of the last token alone. */
  public static Step prefill(int newTokens) {
    return new Step(List.of(new Sequence(newTokens, 0, 1)));
  }

  /** One new token for each of {@code batch} sequences that have {@code context} tokens cached. */
  public static Step decode(int batch, int context) {
    return new Step(java.util.Collections.nCopies(batch, new Sequence(1, context, 1)));
  }

  /** New tokens of all sequences: the rows of the matrix that the linear layers see. */
  public int totalNewTokens() {
    return sequences.stream().mapToInt(Sequence::newTokens).reduce(0, Math::addExact);
  }

  /** Positions of all sequences for which logits are computed. */
  public int totalLogits() {
    return sequences.stream().mapToInt(Sequence::logits).reduce(0, Math::addExact);
  }
}
