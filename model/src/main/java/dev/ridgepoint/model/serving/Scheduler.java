package dev.ridgepoint.model.serving;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.serving.Batching;
import dev.ridgepoint.estimator.serving.Request;
import dev.ridgepoint.estimator.serving.SimulationResult.Served;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Sampler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * Serves requests as they arrive, many in each forward pass, first come, first served. A step gives
 * a token to every sequence that decodes, and fills up with pieces of prompts, so that a long
 * prompt delays the others by one piece at a time (chunked prefill: Agrawal et al. 2024,
 * Sarathi-Serve, arXiv:2403.02310).
 *
 * <p>The two kinds of {@link Batching} differ in admission alone. Continuous batching admits a
 * request before any step, as soon as there is a place; static batching admits as many as there are
 * places, and no other until all of them are done. What is done is not computed any more: its place
 * stays empty.
 */
public final class Scheduler {
  private final Program program;
  private final ServingLimits limits;
  private final Batching batching;
  private final IntPredicate isEnd;
  private final Clock clock;

  private final Deque<Running> waiting = new ArrayDeque<>();
  private final List<Running> running = new ArrayList<>();
  private final List<TimedStep> steps = new ArrayList<>();
  private long reservedPositions;

  /** A request on its way. */
  private static final class Running {
    final int index;
    final PromptRequest request;
    Sequence sequence;
    double start;
    double firstToken;

    Running(int index, PromptRequest request) {
      this.index = index;
      this.request = request;
    }
  }

  /** A sequence's part of a step. */
  private record Share(Running running, Batch.Entry entry) {}

  /**
   * @param program the caller's, who uses it for nothing else meanwhile
   * @param isEnd which tokens end an answer, themselves included in it
   */
  public Scheduler(
      Program program, ServingLimits limits, Batching batching, IntPredicate isEnd, Clock clock) {
    this.program = program;
    this.limits = limits;
    this.batching = batching;
    this.isEnd = isEnd;
    this.clock = clock;
  }

  /** Serves all requests, each with its likeliest tokens. */
  public ServedTrace run(List<PromptRequest> requests) {
    return run(requests, () -> false);
  }

  /**
   * Serves all requests, each with its likeliest tokens, or until it is stopped; what is not
   * answered by then has no answer.
   *
   * @param requests in the order of their arrival, at least one
   * @param isStopped asked before every step
   * @throws IllegalArgumentException if a request alone passes the limit of positions
   */
  public ServedTrace run(List<PromptRequest> requests, BooleanSupplier isStopped) {
    requests.forEach(this::requireFits);
    ServedTrace.Answer[] answers = new ServedTrace.Answer[requests.size()];
    int arrived = 0;
    try {
      while (!isStopped.getAsBoolean()
          && (arrived < requests.size() || !waiting.isEmpty() || !running.isEmpty())) {
        double now = clock.seconds();
        while (arrived < requests.size() && requests.get(arrived).arrivalSeconds() <= now) {
          waiting.add(new Running(arrived, requests.get(arrived++)));
        }
        admit(now);
        if (running.isEmpty()) {
          clock.waitUntil(requests.get(arrived).arrivalSeconds());
        } else {
          step(answers);
        }
      }
    } finally {
      running.forEach(each -> each.sequence.cache().close());
      running.clear();
    }
    List<ServedTrace.Answer> answered = Stream.of(answers).filter(Objects::nonNull).toList();
    return new ServedTrace(answered, clock.seconds(), steps);
  }

  private void requireFits(PromptRequest request) {
    if (request.positions() > limits.positions()) {
      throw new IllegalArgumentException(
          "a request of %s positions, where %s fit"
              .formatted(request.positions(), limits.positions()));
    }
  }

  /** Those that wait longest first; one that does not fit holds up those behind it. */
  private void admit(double now) {
    if (batching == Batching.STATIC && !running.isEmpty()) {
      return;
    }
    while (!waiting.isEmpty()
        && running.size() < limits.sequences()
        && waiting.peek().request.positions() <= limits.positions() - reservedPositions) {
      Running next = waiting.remove();
      PromptRequest request = next.request;
      next.start = now;
      next.sequence =
          new Sequence(
              program.newCache(request.positions()),
              request.prompt(),
              request.maxNewTokens(),
              Sampler.greedy(),
              Drafter.NONE,
              token -> !isEnd.test(token));
      reservedPositions += request.positions();
      running.add(next);
    }
  }

  private void step(ServedTrace.Answer[] answers) {
    double start = clock.seconds();
    List<Share> shares = shares();
    Batch batch = new Batch(shares.stream().map(Share::entry).toList());
    Step step = batch.step();
    Tensor logits = program.forward(batch);
    List<Running> begun = new ArrayList<>();
    int row = 0;
    for (Share share : shares) {
      if (share.entry.logits() > 0) {
        if (share.running.sequence.isPrefilling()) {
          begun.add(share.running);
        }
        share.running.sequence.accept(logits, row);
        row += share.entry.logits();
      }
    }
    double end = clock.seconds();
    steps.add(new TimedStep(step, end - start));
    begun.forEach(each -> each.firstToken = end);
    retire(end, answers);
  }

  /** A token for each sequence that decodes, then pieces of prompts, the oldest first. */
  private List<Share> shares() {
    List<Share> shares = new ArrayList<>();
    int left = limits.tokensPerStep();
    for (boolean isPrefill : new boolean[] {false, true}) {
      for (Running each : running) {
        if (left > 0 && each.sequence.isPrefilling() == isPrefill) {
          Batch.Entry entry = each.sequence.next(left);
          left -= entry.tokens().length;
          shares.add(new Share(each, entry));
        }
      }
    }
    return shares;
  }

  private void retire(double now, ServedTrace.Answer[] answers) {
    for (Iterator<Running> each = running.iterator(); each.hasNext(); ) {
      Running done = each.next();
      if (done.sequence.isDone()) {
        each.remove();
        done.sequence.cache().close();
        reservedPositions -= done.request.positions();
        answers[done.index] = answer(done, now);
      }
    }
  }

  private static ServedTrace.Answer answer(Running done, double now) {
    int[] output = done.sequence.output();
    Request request =
        new Request(done.request.arrivalSeconds(), done.request.prompt().length, output.length);
    return new ServedTrace.Answer(new Served(request, done.start, done.firstToken, now), output);
  }
}
