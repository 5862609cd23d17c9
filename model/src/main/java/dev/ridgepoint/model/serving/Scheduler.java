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
import dev.ridgepoint.model.trace.ServedTrace;
import dev.ridgepoint.model.trace.TraceRecorder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

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
 * to stop for others: the pages that each running sequence takes at most in all layers, and those
 * of others that they began with, are never more than the pool has. vLLM admits more and, when
 * pages run out, computes sequences again that it has preempted (Kwon et al. 2023,
 * arXiv:2309.06180); where the longest answer is known, waiting throws nothing away. Prefixes may
 * be shared: see {@link PrefixCache}.
 */
public final class Scheduler {
  private final Program program;
  private final PagePool pool;
  private final Optional<PrefixCache> prefixes;
  private final ServingLimits limits;
  private final Batching batching;
  private final IntPredicate isEnd;
  private final Clock clock;
  private final List<Running> running = new ArrayList<>();

  /** A request on its way. */
  private static final class Running {
    final int index;
    final PromptRequest request;
    KvCache cache;
    Sequence sequence;
    int shared;
    BitSet pagesOfOthers;
    int pagesToTake;
    double start;
    double firstToken;

    Running(int index, PromptRequest request) {
      this.index = index;
      this.request = request;
    }
  }

  /** A sequence's part of a step. */
  private record Share(Running running, Batch.Entry entry, boolean isOfPrompt) {}

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
    prefixes.ifPresent(known -> pool.reclaimBy(known::evict));
    TraceRecorder recorder = new TraceRecorder(requests.size(), pool);
    int begun = 0;
    try {
      while (!isStopped.getAsBoolean() && (begun < requests.size() || !running.isEmpty())) {
        double now = clock.seconds();
        boolean isOpen = batching == Batching.CONTINUOUS || running.isEmpty();
        // Those that wait longest first; one that does not fit holds up those behind it.
        while (isOpen
            && begun < requests.size()
            && requests.get(begun).arrivalSeconds() <= now
            && running.size() < limits.sequences()) {
          isOpen = begin(new Running(begun, requests.get(begun)), now);
          begun += isOpen ? 1 : 0;
        }
        if (running.isEmpty()) {
          clock.waitUntil(requests.get(begun).arrivalSeconds());
        } else {
          step(recorder);
        }
      }
    } finally {
      running.forEach(each -> each.cache.close());
      running.clear();
      prefixes.ifPresent(PrefixCache::close);
    }
    return recorder.trace(clock.seconds());
  }

  /** Runs a request with what is known of its prompt; whether pages are left for it. */
  private boolean begin(Running next, double now) {
    int positions = next.request.positions();
    next.cache = program.newCache(pool, positions);
    prefixes.ifPresent(known -> known.begin(next.cache, next.request.prompt()));
    running.add(next);
    while (pagesNeeded(next) > pool.pages()) {
      int length = next.cache.length();
      if (length == 0 && running.size() == 1) {
        throw new IllegalArgumentException(
            "a request of %s positions needs %s pages, where there are %s"
                .formatted(positions, next.pagesToTake, pool.pages()));
      }
      if (length == 0) {
        running.remove(next);
        return false;
      }
      // Sharing may take more pages than it saves: a copy of the last one, and of a layer with a
      // window those that it would have given back.
      int inLastPage = length % pool.layout().pagePositions();
      next.cache.truncate(inLastPage > 0 ? length - inLastPage : 0);
    }
    next.start = now;
    next.shared = next.cache.length();
    next.sequence =
        new Sequence(
            next.cache,
            next.request.prompt(),
            next.request.maxNewTokens(),
            Sampler.greedy(),
            Drafter.NONE,
            token -> !isEnd.test(token));
    return true;
  }

  /** Pages that all who run may come to hold, the last of them as it is now. */
  private int pagesNeeded(Running last) {
    last.pagesOfOthers = last.cache.pages();
    last.pagesToTake = last.cache.mostPagesToTake(limits.tokensPerStep());
    return pagesNeeded();
  }

  private int pagesNeeded() {
    BitSet pagesOfOthers = new BitSet();
    running.forEach(each -> pagesOfOthers.or(each.pagesOfOthers));
    return pagesOfOthers.cardinality() + running.stream().mapToInt(each -> each.pagesToTake).sum();
  }

  private void step(TraceRecorder recorder) {
    double start = clock.seconds();
    List<Share> shares = shares();
    Batch batch = new Batch(shares.stream().map(Share::entry).toList());
    Step step = batch.step();
    Tensor logits = program.forward(batch);
    int row = 0;
    for (Share share : shares) {
      if (share.entry.logits() > 0) {
        share.running.sequence.accept(logits, row);
        row += share.entry.logits();
      }
    }
    double end = clock.seconds();
    recorder.step(step, end - start, running.stream().map(each -> each.cache).toList());
    for (Share share : shares) {
      if (share.isOfPrompt) {
        share.running.firstToken = end;
        keepPrompt(share.running);
      }
    }
    List<Running> done = running.stream().filter(each -> each.sequence.isDone()).toList();
    running.removeAll(done);
    done.forEach(each -> retire(each, end, recorder));
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
          shares.add(new Share(each, entry, isPrefill));
        }
      }
    }
    return shares;
  }

  /**
   * Lets others share what there is of a prompt. Its last page is written on: only if a page is to
   * spare that is held twice while it is copied.
   */
  private void keepPrompt(Running each) {
    KvCache cache = each.cache;
    boolean isWhole = !each.sequence.isPrefilling() && pagesNeeded() < pool.pages();
    int inLastPage = isWhole ? 0 : cache.length() % pool.layout().pagePositions();
    prefixes.ifPresent(
        known -> known.add(cache, each.request.prompt(), cache.length() - inLastPage));
  }

  private void retire(Running done, double now, TraceRecorder recorder) {
    KvCache cache = done.cache;
    prefixes.ifPresent(known -> known.add(cache, done.sequence.tokens(), cache.length()));
    cache.close();
    int[] output = done.sequence.output();
    Request request =
        new Request(done.request.arrivalSeconds(), done.request.prompt().length, output.length);
    recorder.answer(
        done.index,
        new ServedTrace.Answer(
            new Served(request, done.start, done.firstToken, now), output, done.shared));
  }
}
