package dev.ridgepoint.model.trace;

import dev.ridgepoint.estimator.serving.Percentiles;
import dev.ridgepoint.estimator.serving.SimulationResult.Served;
import java.util.List;

/**
 * What serving a trace of requests came to.
 *
 * @param answers in the order of the requests' arrival; fewer than those if it was stopped
 * @param seconds from 0 to the end of the last one
 * @param steps every forward pass
 * @param pages of keys and values that were in use
 */
public record ServedTrace(
    List<Answer> answers, double seconds, List<TimedStep> steps, PageUse pages) {
  /**
   * One answer.
   *
   * @param times when it came about
   * @param tokens new ones
   * @param sharedTokens of its prompt, which were computed for others
   */
  public record Answer(Served times, int[] tokens, int sharedTokens) {}

  public ServedTrace {
    answers = List.copyOf(answers);
    steps = List.copyOf(steps);
  }

  /** TTFT in seconds, waiting included. */
  public Percentiles timeToFirstToken() {
    return Percentiles.of(
        answers.stream().mapToDouble(each -> each.times().timeToFirstTokenSeconds()));
  }

  /** TPOT in seconds, of answers with two tokens or more. */
  public Percentiles timePerOutputToken() {
    return Percentiles.of(
        answers.stream()
            .filter(each -> each.tokens().length > 1)
            .mapToDouble(each -> each.times().timePerOutputTokenSeconds()));
  }

  /** New tokens per second of the whole run. */
  public double outputTokensPerSecond() {
    return answers.stream().mapToLong(each -> each.tokens().length).sum() / seconds;
  }

  /** Share of all prompts' tokens that were computed for others. */
  public double hitRate() {
    return (double) answers.stream().mapToLong(Answer::sharedTokens).sum() / promptTokens();
  }

  /** Of all prompts. */
  public long promptTokens() {
    return answers.stream().mapToLong(each -> each.times().request().promptTokens()).sum();
  }

  /** Sequences in a step, in the mean. */
  public double meanBatch() {
    return steps.stream().mapToInt(each -> each.step().sequences().size()).average().orElse(0);
  }

  /** Share of the time in which a step ran. */
  public double utilization() {
    return steps.stream().mapToDouble(TimedStep::seconds).sum() / seconds;
  }
}
