package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.time.MeasuredError;
import dev.ridgepoint.estimator.time.PredictedTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The steady state of a {@link ClosedLoop}.
 *
 * @param engine that serves
 * @param clients that are served
 * @param batch sequences that decode together in the mean
 * @param limit sequences that fit the memory
 * @param perToken what the time per output token is made of
 * @param firstToken what the time to the first token is made of
 * @param decodeBound what no decode step of the batch falls below
 * @param promptBound what no prefill of a prompt falls below
 */
public record ClosedLoopPoint(
    ServingEngine engine,
    Clients clients,
    int batch,
    int limit,
    PerToken perToken,
    FirstToken firstToken,
    PredictedTime decodeBound,
    PredictedTime promptBound) {
  private static final String SOURCE =
      "closed loop with continuous batching: Little 1961, doi:10.1287/opre.9.3.383; Yu et al. 2022,"
          + " Orca, OSDI; Agrawal et al. 2024, Sarathi-Serve, arXiv:2403.02310; constants fitted to"
          + " measured runs, see Efficiency.SERVING";

  /**
   * Seconds per output token (TPOT).
   *
   * @param decode d(B), of the devices, a decode step alone
   * @param host of the engine's own work in it
   * @param begun r, prompts of others that begin per step
   * @param together k, of them in one step
   * @param extraSeconds x, what those k make steps longer
   */
  public record PerToken(
      ServingTime.Terms decode, double host, double begun, int together, double extraSeconds) {
    /** What others' prompts add. */
    public double prompts() {
      return begun / together * extraSeconds;
    }

    /** All of it. */
    public double total() {
      return decode.total() + host + prompts();
    }

    /** Its addends. */
    public List<Term> terms() {
      List<Term> terms = new ArrayList<>(decode.derivationTerms());
      terms.add(new Term("the engine's own work", host));
      terms.add(new Term("prompts of others", prompts()));
      return List.copyOf(terms);
    }
  }

  /**
   * Seconds to the first token (TTFT).
   *
   * @param request between client and engine
   * @param queue for a place in memory
   * @param steps until the engine looks for prompts, and hands out tokens
   * @param ahead for prompts that came before
   * @param burst for those of all other clients at the start, its share
   * @param own p(1), the prompt itself
   */
  public record FirstToken(
      double request, double queue, double steps, double ahead, double burst, double own) {
    /** All of it. */
    public double total() {
      return request + queue + served();
    }

    /** F, once it has a place. */
    double served() {
      return steps + ahead + burst + own;
    }

    FirstToken withQueue(double seconds) {
      return new FirstToken(request, seconds, steps, ahead, burst, own);
    }

    /** Its addends. */
    public List<Term> terms() {
      return List.of(
          new Term("between client and engine", request),
          new Term("queue for a place in memory", queue),
          new Term("decode steps waited for", steps),
          new Term("prompts ahead", ahead),
          new Term("burst of the first requests", burst),
          new Term("prefill", own));
    }
  }

  /** TPOT, with what nine of ten measured runs lie between. */
  public PredictedTime timePerOutputToken() {
    return MeasuredError.SERVED_TOKEN.around(perToken.total(), decodeBound);
  }

  /** TTFT, with what nine of ten measured runs lie between. */
  public PredictedTime timeToFirstToken() {
    return MeasuredError.SERVED_FIRST_TOKEN.around(firstToken.total(), promptBound);
  }

  /** Tokens that all clients together get. */
  public double outputTokensPerSecond() {
    return outputTokensPerSecond(timePerOutputToken().seconds());
  }

  /** What nine of ten runs reach: that of the longest time per token. */
  public double lowestOutputTokensPerSecond() {
    return outputTokensPerSecond(timePerOutputToken().highestSeconds());
  }

  /** What nine of ten runs do not pass. */
  public double highestOutputTokensPerSecond() {
    return outputTokensPerSecond(timePerOutputToken().lowestSeconds());
  }

  private double outputTokensPerSecond(double perOutputToken) {
    double seconds = timeToFirstToken().seconds() + clients.decodeSteps() * perOutputToken;
    return clients.concurrency() * clients.outputTokens() / seconds;
  }

  /** How the numbers come about. */
  public List<Derivation> derivations() {
    Map<String, Number> loop = new LinkedHashMap<>();
    loop.put("c", clients.concurrency());
    loop.put("o", clients.outputTokens());
    loop.put("limit", limit);
    loop.put("TPOT", perToken.total());
    loop.put("F", firstToken.served());
    Map<String, Number> steps = new LinkedHashMap<>();
    steps.put("B", batch);
    steps.put("d(B)", perToken.decode.total() + perToken.host);
    steps.put("r", perToken.begun);
    steps.put("k", perToken.together);
    steps.put("x", perToken.extraSeconds);
    Map<String, Number> first = new LinkedHashMap<>();
    first.put("c", clients.concurrency());
    first.put("limit", limit);
    first.put("TPOT", perToken.total());
    first.put("waitSteps", engine.waitSteps());
    first.put("u", perToken.prompts() / perToken.total());
    first.put("p(1)", firstToken.own);
    Map<String, Number> throughput = new LinkedHashMap<>();
    throughput.put("c", clients.concurrency());
    throughput.put("o", clients.outputTokens());
    throughput.put("TTFT", timeToFirstToken().seconds());
    throughput.put("TPOT", timePerOutputToken().seconds());
    return List.of(
        new Derivation(
            "sequences that decode together",
            batch,
            "sequences",
            "min(limit, c D / (D + F)); D = (o - 1) TPOT",
            loop,
            List.of(),
            SOURCE),
        new Derivation(
            "time per output token",
            timePerOutputToken().seconds(),
            "s",
            "d(B) + r / k x; r = B (1 - 1/c) / (o - 1), k = max(1, r) within a chunk, x = "
                + (engine.isMixed() ? "p(k) - d(B) per step of p(k)" : "p(k)"),
            steps,
            perToken.terms(),
            SOURCE),
        new Derivation(
            "time to the first token",
            timeToFirstToken().seconds(),
            "s",
            "request + queue + waitSteps x TPOT + ahead + burst + p(1); queue = (c / limit - 1)"
                + " (D + F) where c > limit, ahead = u p(1) / (2 (1 - u))",
            first,
            firstToken.terms(),
            SOURCE),
        new Derivation(
            "output tokens per second",
            outputTokensPerSecond(),
            "tokens/s",
            "c o / (TTFT + (o - 1) TPOT)",
            throughput,
            List.of(),
            "Little 1961, doi:10.1287/opre.9.3.383"));
  }
}
