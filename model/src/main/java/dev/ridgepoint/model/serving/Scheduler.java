package dev.ridgepoint.model.serving;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PagePool;
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
import java.util.Optional;
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
 *
 * <p>A request waits until its longest answer is sure to find pages, so that no sequence ever has
 * to stop for others. vLLM admits more and, when pages run out, computes sequences again that it
 * has preempted (Kwon et al. 2023, arXiv:2309.06180); where the longest answer is known, waiting
 * throws nothing away. Prefixes may be shared: see {@link PrefixCache}.
 */
public final class Scheduler {
  private final Program program;
  private final PagePool pool;
  private final Optional<PrefixCache> prefixes;
  private final ServingLimits limits;
  private final Batching batching;
  private final IntPredicate isEnd;
  private final Clock clock;

  private final Deque<Running> waiting = new ArrayDeque<>();
  private final List<Running> running = new ArrayList<>();
  private final List<TimedStep> steps = new ArrayList<>();
  private PageUse pageUse;

  /** A request on its way. */
  private static final class Running {
    final int index;
    final PromptRequest request;
    Sequence sequence;
    int shared;
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
   * @param pool the caller's, of the program's pages; they are all free again after each run
   * @param sharesPrefixes whether sequences share the pages of a common beginning; has no effect
   *     where keys are not the same in caches of every capacity
   * @param isEnd which tokens end an answer, themselves included in it
   */
  public Scheduler(
      Program program,
      PagePool pool,
      boolean sharesPrefixes,
      ServingLimits limits,
      Batching batching,
      IntPredicate isEnd,
      Clock clock) {
    this.program = program;
    this.pool = pool;
    prefixes =
        sharesPrefixes && !program.keysDependOnCapacity()
            ? Optional.of(new PrefixCache(pool))
            : Optional.empty();
    this.limits = limits;
    this.batching = batching;
    this.isEnd = isEnd;
    this.clock = clock;
    pageUse = PageUse.none(pool);
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
   * @throws IllegalArgumentException if a request alone needs more pages than there are
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
      prefixes.ifPresent(PrefixCache::close);
    }
    List<ServedTrace.Answer> answered = Stream.of(answers).filter(Objects::nonNull).toList();
    return new ServedTrace(answered, clock.seconds(), steps, pageUse);
  }

  private void requireFits(PromptRequest request) {
    int pages = pool.layout().pages(request.positions());
    if (pages > pool.pages()) {
      throw new IllegalArgumentException(
          "a request of %s positions needs %s pages, where there are %s"
              .formatted(request.positions(), pages, pool.pages()));
    }
  }

  /** Those that wait longest first; one that does not fit holds up those behind it. */
  private void admit(double now) {
    if (batching == Batching.STATIC && !running.isEmpty()) {
      return;
    }
    while (!waiting.isEmpty() && running.size() < limits.sequences()) {
      Running next = waiting.peek();
      Optional<KvCache> cache = newCache(next.request);
      if (cache.isEmpty()) {
        return;
      }
      next.start = now;
      next.shared = cache.get().length();
      next.sequence =
          new Sequence(
              cache.get(),
              next.request.prompt(),
              next.request.maxNewTokens(),
              Sampler.greedy(),
              Drafter.NONE,
              token -> !isEnd.test(token));
      running.add(waiting.remove());
    }
  }

  /** A cache for a request, with what is known of its prompt, if pages are left for all of it. */
  private Optional<KvCache> newCache(PromptRequest request) {
    KvCache cache = program.newCache(pool, request.positions());
    prefixes.ifPresent(known -> known.begin(cache, request.prompt()));
    int needed = pagesToTake() + pagesToTake(cache);
    prefixes.ifPresent(known -> known.evictUntilFree(needed));
    if (needed <= pool.freePages()) {
      return Optional.of(cache);
    }
    cache.close();
    if (running.isEmpty()) {
      // Only the copy of a page that it would have shared in part does not fit.
      prefixes.ifPresent(PrefixCache::close);
      return Optional.of(program.newCache(pool, request.positions()));
    }
    return Optional.empty();
  }

  /** Pages that all who run may still take: never more than are free. */
  private int pagesToTake() {
    return running.stream().mapToInt(each -> pagesToTake(each.sequence.cache())).sum();
  }

  private static int pagesToTake(KvCache cache) {
    return cache.pagesToTake(cache.capacity() - cache.length());
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
    pageUse = pageUse.with(running.stream().map(each -> each.sequence.cache()).toList());
    begun.forEach(this::keepPrompt);
    steps.add(new TimedStep(step, end - start));
    begun.forEach(each -> each.firstToken = end);
    retire(end, answers);
  }

  /**
   * Lets others share a prompt. Its last page is written on: only if a page is to spare that the
   * sequence's own copy would take.
   */
  private void keepPrompt(Running begun) {
    int[] prompt = begun.request.prompt();
    int inWholePages = prompt.length - prompt.length % pool.layout().pagePositions();
    int kept = pool.freePages() > pagesToTake() ? prompt.length : inWholePages;
    prefixes.ifPresent(known -> known.add(begun.sequence.cache(), prompt, kept));
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
        KvCache cache = done.sequence.cache();
        prefixes.ifPresent(known -> known.add(cache, done.sequence.tokens(), cache.length()));
        cache.close();
        answers[done.index] = answer(done, now);
      }
    }
  }

  private static ServedTrace.Answer answer(Running done, double now) {
    int[] output = done.sequence.output();
    Request request =
        new Request(done.request.arrivalSeconds(), done.request.prompt().length, output.length);
    return new ServedTrace.Answer(
        new Served(request, done.start, done.firstToken, now), output, done.shared);
  }
}
