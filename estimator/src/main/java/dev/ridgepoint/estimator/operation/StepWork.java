package dev.ridgepoint.estimator.operation;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.AttentionSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
  private final List<Alike> alike;
  private final Map<AttentionSpan, Positions> positions = new HashMap<>();

  /** Neighbouring sequences that are the same: most steps have no others, and up to a million. */
  private record Alike(Step.Sequence each, long count) {}

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
    alike = alike(step.sequences());
    long tokens = 0;
    long logits = 0;
    for (Alike some : alike) {
      tokens = addExact(tokens, multiplyExact(some.count, some.each.newTokens()));
      logits = addExact(logits, multiplyExact(some.count, some.each.logits()));
    }
    this.tokens = tokens;
    this.logits = logits;
  }

  private static List<Alike> alike(List<Step.Sequence> sequences) {
    List<Alike> all = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= sequences.size(); i++) {
      Step.Sequence each = sequences.get(start);
      if (i == sequences.size() || !sequences.get(i).equals(each)) {
        all.add(new Alike(each, i - start));
        start = i;
      }
    }
    return all;
  }

  ForwardOptions options() {
    return options;
  }

  /** The same step of a model in other formats. */
  public StepWork with(ForwardOptions other) {
    return new StepWork(step, other, sourceTokens);
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
          for (Alike some : alike) {
            long newTokens = some.each.newTokens();
            long context = some.each.context();
            attended =
                addExact(attended, multiplyExact(some.count, span.attended(newTokens, context)));
            visible =
                addExact(visible, multiplyExact(some.count, span.visible(newTokens, context)));
          }
          return new Positions(attended, visible);
        });
  }

  /** The encoded positions that cross-attention sees. */
  Positions sourcePositions() {
    return new Positions(
        multiplyExact(tokens, sourceTokens), multiplyExact(step.sequences().size(), sourceTokens));
  }

  /** Whether the step has rows for an operation: the head has none where no logits are wanted. */
  boolean executes(Operation operation) {
    return rows(operation.rows()) > 0;
  }

  CostCounter counter() {
    return new CostCounter(options);
  }
}
