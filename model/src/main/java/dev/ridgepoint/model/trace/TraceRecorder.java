package dev.ridgepoint.model.trace;

import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PagePool;
import dev.ridgepoint.estimator.operation.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Notes what becomes of requests while they are served. */
public final class TraceRecorder {
  private final ServedTrace.Answer[] answers;
  private final List<TimedStep> steps = new ArrayList<>();
  private PageUse pages;

  /**
   * @param requests to be answered
   * @param pool of all caches
   */
  public TraceRecorder(int requests, PagePool pool) {
    answers = new ServedTrace.Answer[requests];
    pages = PageUse.none(pool);
  }

  /**
   * A step was taken.
   *
   * @param running the caches of all sequences that are served
   */
  public void step(Step step, double seconds, List<KvCache> running) {
    steps.add(new TimedStep(step, seconds));
    pages = pages.with(running);
  }

  /**
   * A request was answered.
   *
   * @param request its place in the order of arrival
   */
  public void answer(int request, ServedTrace.Answer answer) {
    answers[request] = answer;
  }

  /** All of it, {@code seconds} after the beginning. */
  public ServedTrace trace(double seconds) {
    return new ServedTrace(
        Stream.of(answers).filter(Objects::nonNull).toList(), seconds, steps, pages);
  }
}
