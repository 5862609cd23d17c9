package dev.ridgepoint.estimator.serving;

import java.util.List;

/**
 * What a simulated replica did. It starts empty and ends empty, so that rates and means hold the
 * filling and the draining of the queue: simulate many requests.
 *
 * @param served all requests, in the order of their arrival
 * @param seconds from 0 to the end of the last one
 * @param busySeconds in which a step ran
 * @param meanQueueLength requests waiting for their prefill, over time
 * @param largestQueueLength the most of them at once
 * @param meanInSystem requests that have come and are not done, over time
 * @param meanBatch sequences that a decode step gave a token; NaN without any step
 */
public record SimulationResult(
    List<Served> served,
    double seconds,
    double busySeconds,
    double meanQueueLength,
    int largestQueueLength,
    double meanInSystem,
    double meanBatch) {

  /**
   * One request and its times, all on the same clock.
   *
   * @param startSeconds when its prefill began
   * @param firstTokenSeconds when it had its first token
   * @param endSeconds when it had its last
   */
  public record Served(
      Request request, double startSeconds, double firstTokenSeconds, double endSeconds) {

    /** In the queue. */
    public double waitSeconds() {
      return startSeconds - request.arrivalSeconds();
    }

    /** TTFT, waiting included. */
    public double timeToFirstTokenSeconds() {
      return firstTokenSeconds - request.arrivalSeconds();
    }

    /** TPOT: the mean time between its tokens, of which there must be two. */
    public double timePerOutputTokenSeconds() {
      return (endSeconds - firstTokenSeconds) / (request.outputTokens() - 1);
    }

    /** From its arrival to its last token. */
    public double latencySeconds() {
      return endSeconds - request.arrivalSeconds();
    }
  }

  public SimulationResult {
    served = List.copyOf(served);
  }

  /** Seconds in the queue. */
  public Percentiles waiting() {
    return Percentiles.of(served.stream().mapToDouble(Served::waitSeconds));
  }

  /** TTFT in seconds. */
  public Percentiles timeToFirstToken() {
    return Percentiles.of(served.stream().mapToDouble(Served::timeToFirstTokenSeconds));
  }

  /** TPOT in seconds, of requests with two tokens or more. */
  public Percentiles timePerOutputToken() {
    return Percentiles.of(
        served.stream()
            .filter(one -> one.request().outputTokens() > 1)
            .mapToDouble(Served::timePerOutputTokenSeconds));
  }

  /** Requests done per second. */
  public double requestsPerSecond() {
    return served.size() / seconds;
  }

  /** Tokens put out per second. */
  public double outputTokensPerSecond() {
    return served.stream().mapToLong(one -> one.request().outputTokens()).sum() / seconds;
  }

  /** Share of the time in which a step ran. */
  public double utilization() {
    return busySeconds / seconds;
  }
}
