package dev.ridgepoint.estimator.operation;

import static java.lang.Math.addExact;

import dev.ridgepoint.estimator.architecture.AttentionSpan;
import java.util.HashMap;
import java.util.Map;

/**
 * What the cost of an operation depends on besides the operation: the step, the formats, and what
 * an encoder has left.
 */
public final class StepWork {
  private final Step step;
  private final ForwardOptions options;
  private final long sourceTokens;
  private final long tokens;
  private final long logits;
  private final Map<AttentionSpan, Positions> positions = new HashMap<>();

  /**
   * What the tokens of a step see.
   *
   * @param attended positions attended, summed over all new tokens
   * @param visible positions that any of them sees
   */
  record Positions(long attended, long visible) {}

  /**
   * @param sourceTokens encoded tokens of each sequence, which cross-attention sees
   */
  public StepWork(Step step, ForwardOptions options, long sourceTokens) {
    this.step = step;
    this.options = options;
    this.sourceTokens = sourceTokens;
    tokens = step.totalNewTokens();
    logits = step.totalLogits();
  }

  ForwardOptions options() {
    return options;
  }

  /** The new tokens of all sequences. */
  long tokens() {
    return tokens;
  }

  long rows(Rows rows) {
    return switch (rows) {
      case TOKENS -> tokens;
      case LOGITS -> logits;
      case SEQUENCES -> step.sequences().size();
    };
  }

  Positions positions(AttentionSpan span) {
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

  /** The encoded positions that cross-attention sees. */
  Positions sourcePositions() {
    return new Positions(
        Math.multiplyExact(tokens, sourceTokens),
        Math.multiplyExact(step.sequences().size(), sourceTokens));
  }

  /** Whether the step has rows for an operation: the head has none where no logits are wanted. */
  boolean executes(Operation operation) {
    return rows(operation.rows()) > 0;
  }

  CostCounter counter() {
    return new CostCounter(options);
  }
}
