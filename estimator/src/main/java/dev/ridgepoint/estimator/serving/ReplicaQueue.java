package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A replica with continuous batching (Yu et al. 2022, "Orca", OSDI; Kwon et al. 2023, "vLLM",
 * arXiv:2309.06180) in its steady state. New prompts are prefilled between decode steps, one at a
 * time and before any further step; all others decode together.
 *
 * <p>With p the prefill of a prompt, d(B) the mean decode step of B sequences, o decode steps per
 * request, and l requests per second:
 *
 * <ul>
 *   <li>a request takes p + o d(B) / B of the replica's time, so that it serves 1 / (p + o d(B) /
 *       B) at most;
 *   <li>prefills leave 1 - l p of the time to decoding: time per output token is d(B) / (1 - l p);
 *   <li>by Little's law (1961) B = l o d(B) / (1 - l p) sequences decode in the mean, which is
 *       where l equals the most that B can serve;
 *   <li>a prompt waits for those before it and for the step that runs: l p^2 / (2 (1 - l p)) + d(B)
 *       / 2, the wait of an M/D/1 queue whose server takes vacations of length d (Bertsekas and
 *       Gallager, "Data Networks", 2nd edition, section 3.5.2). An upper bound at little load, when
 *       often no step runs. That a place is free is what the headroom is for. {@link
 *       ServingSimulation} agrees to a few percent.
 * </ul>
 */
public final class ReplicaQueue {
  private static final String ORCA =
      "continuous batching, prefills before decode steps: Yu et al. 2022, Orca, OSDI";

  private final Replica replica;
  private final ServingLoad load;
  private final double prefillSeconds;
  private final int largestBatch;
  private final Map<Integer, Double> decodeSeconds = new HashMap<>();

  /**
   * @param load of which only the lengths matter
   */
  public ReplicaQueue(Replica replica, ServingLoad load) {
    this.replica = replica;
    this.load = load;
    prefillSeconds = replica.prefillSeconds(load.promptTokens(), 1);
    largestBatch = replica.largestBatch(load.promptTokens(), load.outputTokens());
  }

  /** The most sequences whose full length fits; 0 if none does. */
  public int largestBatch() {
    return largestBatch;
  }

  /** p. */
  public double prefillSeconds() {
    return prefillSeconds;
  }

  /** d(batch). */
  public double decodeSeconds(int batch) {
    return decodeSeconds.computeIfAbsent(
        batch, b -> replica.meanDecodeSeconds(b, load.promptTokens(), load.decodeSteps()));
  }

  /** The most requests per second that {@code batch} sequences at a time allow; grows with it. */
  public double capacity(int batch) {
    return 1 / (prefillSeconds + load.decodeSteps() * decodeSeconds(batch) / batch);
  }

  /** Share of what the replica could serve that so many requests are; 1 or more if too many. */
  public double utilization(double requestsPerSecond) {
    return requestsPerSecond / capacity(largestBatch);
  }

  /**
   * The steady state.
   *
   * @throws IllegalArgumentException if there is none: utilization must lie below 1
   */
  public OperatingPoint at(double requestsPerSecond) {
    double utilization = utilization(requestsPerSecond);
    if (!(utilization < 1)) {
      throw new IllegalArgumentException("utilization must lie below 1, but is " + utilization);
    }
    int batch = smallestBatch(requestsPerSecond);
    double decode = decodeSeconds(batch);
    double prefilling = requestsPerSecond * prefillSeconds;
    double wait = prefilling * prefillSeconds / (2 * (1 - prefilling)) + decode / 2;
    return new OperatingPoint(
        requestsPerSecond, batch, utilization, wait + prefillSeconds, decode / (1 - prefilling));
  }

  /** How {@link #at} and {@link #utilization} come about. */
  public List<Derivation> derivations(double requestsPerSecond) {
    OperatingPoint point = at(requestsPerSecond);
    double prefilling = requestsPerSecond * prefillSeconds;
    Map<String, Number> load = new LinkedHashMap<>();
    load.put("l", requestsPerSecond);
    load.put("p", prefillSeconds);
    load.put("o", this.load.decodeSteps());
    Map<String, Number> full = new LinkedHashMap<>(load);
    full.put("B", largestBatch);
    full.put("d(B)", decodeSeconds(largestBatch));
    Map<String, Number> running = new LinkedHashMap<>(load);
    running.put("B", point.batch());
    running.put("d(B)", decodeSeconds(point.batch()));
    return List.of(
        replica.largestBatchDerivation(this.load.promptTokens(), this.load.outputTokens()),
        replica.prefillDerivation(this.load.promptTokens(), 1),
        replica.decodeDerivation(point.batch(), this.load.promptTokens(), this.load.decodeSteps()),
        derivation(
            "utilisation", point.utilization(), "", "l (p + o d(B) / B)", full, List.of(), ORCA),
        derivation(
            "batch",
            point.batch(),
            "sequences",
            "the smallest B with l <= 1 / (p + o d(B) / B)",
            running,
            List.of(),
            "Little 1961, doi:10.1287/opre.9.3.383"),
        derivation(
            "mean time per output token",
            point.timePerOutputTokenSeconds(),
            "s",
            "d(B) / (1 - l p)",
            running,
            List.of(),
            ORCA),
        derivation(
            "mean time to first token",
            point.timeToFirstTokenSeconds(),
            "s",
            "l p^2 / (2 (1 - l p)) + d(B) / 2 + p",
            running,
            List.of(
                new Term("prompts before", prefilling * prefillSeconds / (2 * (1 - prefilling))),
                new Term("the step that runs", decodeSeconds(point.batch()) / 2),
                new Term("prefill", prefillSeconds)),
            "Bertsekas and Gallager, Data Networks, 2nd edition, section 3.5.2"));
  }

  private static Derivation derivation(
      String quantity,
      Number value,
      String unit,
      String formula,
      Map<String, Number> inputs,
      List<Term> terms,
      String source) {
    return new Derivation(quantity + " of a replica", value, unit, formula, inputs, terms, source);
  }

  private int smallestBatch(double requestsPerSecond) {
    int tooFew = 0;
    int enough = 1;
    while (enough < largestBatch && capacity(enough) < requestsPerSecond) {
      tooFew = enough;
      enough = Math.min(2 * enough, largestBatch);
    }
    while (enough - tooFew > 1) {
      int middle = tooFew + (enough - tooFew) / 2;
      if (capacity(middle) < requestsPerSecond) {
        tooFew = middle;
      } else {
        enough = middle;
      }
    }
    return enough;
  }
}
