package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.serving.ClosedLoopPoint.FirstToken;
import dev.ridgepoint.estimator.serving.ClosedLoopPoint.PerToken;
import java.util.Locale;

/**
 * What clients see of a replica with continuous batching who each wait for an answer before they
 * ask again: the steady state of a closed loop, as benchmarks of servers run it.
 *
 * <p>With c clients, prompts of i tokens and answers of o, d(B) the decode step of B sequences with
 * the engine's own work, and p(k) the steps that prefill k prompts in chunks of the engine's
 * budget:
 *
 * <ul>
 *   <li>B sequences decode in the mean: B = min(limit, c D / (D + F)), where D = (o - 1) TPOT is
 *       what a request spends decoding and F what it spends before, once it is admitted (Little
 *       1961). The limit is what fits the memory;
 *   <li>in each decode step r = B (1 - 1/c) / (o - 1) prompts of other clients begin, so that k =
 *       max(1, r) of them are prefilled together, as many as fit a chunk;
 *   <li>TPOT = d(B) + r / k x, with x = p(k) - d(B) where prompts are mixed into decode steps (per
 *       step of p) and x = p(k) where decoding waits for them;
 *   <li>TTFT = request + queue + w TPOT + ahead + burst + p(1). The engine looks for prompts and
 *       hands out tokens every few steps, w in all. Prompts ahead are those of an M/D/1 queue, u
 *       p(1) / (2 (1 - u)), u = r / k x / TPOT being the share of the time that goes to prompts. Of
 *       {@link #ROUNDS} requests that a client sends, the first comes together with those of all
 *       others: with f prompts in a chunk, g = min(c, limit) / f chunks follow each other, and the
 *       mean has its share of them, burst = (p(f) (g + 1) / 2 - p(1)) / ROUNDS. Clients beyond the
 *       limit wait for others to end: queue = (c / limit - 1) (D + F).
 * </ul>
 *
 * <p>{@link ServingSimulation} plays open arrivals step by step; here the arrivals follow from the
 * ends, and the mean has a formula.
 */
public final class ClosedLoop {
  /**
   * Requests that each client sends: InferenceX's {@code --num-prompts} is ten times its {@code
   * --max-concurrency} (SemiAnalysisAI/InferenceX, {@code benchmarks/benchmark_lib.sh}).
   */
  static final int ROUNDS = 10;

  private static final int MAX_ITERATIONS = 30;

  /** An M/D/1 queue that is fuller has no steady state; a closed loop bounds it by itself. */
  private static final double MOST_LOAD = 0.9;

  private final Replica replica;
  private final ServingEngine engine;
  private final Clients clients;
  private final int limit;
  private final int most;

  private ClosedLoop(Replica replica, ServingEngine engine, Clients clients) {
    this.replica = replica;
    this.engine = engine;
    this.clients = clients;
    limit = replica.largestBatch(engine, clients);
    most = Math.min(limit, clients.concurrency());
  }

  /**
   * The steady state.
   *
   * @throws InvalidInputException if not one sequence fits
   */
  public static ClosedLoopPoint of(Replica replica, ServingEngine engine, Clients clients) {
    ClosedLoop loop = new ClosedLoop(replica, engine, clients);
    if (loop.limit == 0) {
      throw new InvalidInputException(
          "clients",
          String.format(
              Locale.ROOT,
              "not one sequence of %d tokens fits the devices",
              clients.promptTokens() + clients.outputTokens()));
    }
    return loop.solve();
  }

  /** From all clients decoding downwards: the fewer decode, the shorter a step, and so on. */
  private ClosedLoopPoint solve() {
    int batch = most;
    ClosedLoopPoint point = at(batch);
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      double decoding = clients.decodeSteps() * point.perToken().total();
      double served = decoding + point.firstToken().served();
      int next = Math.clamp(Math.round(clients.concurrency() * decoding / served), 1, most);
      if (next == batch) {
        break;
      }
      batch = next;
      point = at(batch);
    }
    return point;
  }

  private ClosedLoopPoint at(int batch) {
    int prompt = clients.promptTokens();
    int chunk = engine.chunkTokens();
    int inChunks = Math.max(1, chunk / prompt) * replica.layout().attentionGroups();
    double host = engine.stepSeconds() + batch * engine.sequenceSeconds();
    ServingTime.Terms decode = replica.steps().decode(batch, clients.meanContext());
    double step = decode.total() + host;
    double begun = batch * (1 - 1.0 / clients.concurrency()) / clients.decodeSteps();
    int together = Math.clamp(Math.round(begun), 1, inChunks);
    int steps = replica.steps().promptSteps(together, prompt, chunk);
    int decoding = engine.isMixed() ? batch : 0;
    double prompts = promptSeconds(together, decoding) + steps * host;
    double extra = engine.isMixed() ? Math.max(0, prompts - steps * step) : prompts;
    PerToken perToken = new PerToken(decode, host, begun, together, extra);

    double own = promptSeconds(1, decoding);
    double load = Math.min(MOST_LOAD, perToken.prompts() / perToken.total());
    double ahead = load * own / (2 * (1 - load));
    int first = Math.min(most, inChunks);
    int groups = Math.ceilDiv(most, first);
    double burst = Math.max(0, promptSeconds(first, 0) * (groups + 1) / 2 - own) / ROUNDS;
    FirstToken alone =
        new FirstToken(
            engine.requestSeconds(), 0, engine.waitSteps() * perToken.total(), ahead, burst, own);
    double service = alone.served() + clients.decodeSteps() * perToken.total();
    double queue = ((double) clients.concurrency() / most - 1) * service;
    return new ClosedLoopPoint(
        engine,
        clients,
        batch,
        limit,
        perToken,
        alone.withQueue(queue),
        replica.steps().decodeBound(batch, clients.meanContext()),
        replica.steps().promptBound(prompt));
  }

  private double promptSeconds(int prompts, int decoding) {
    return replica
        .steps()
        .promptSeconds(
            prompts, clients.promptTokens(), engine.chunkTokens(), decoding, clients.meanContext());
  }
}
