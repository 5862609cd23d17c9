package dev.ridgepoint.estimator.serving;

import java.util.ArrayList;
import java.util.List;

/**
 * What a replica makes of one batch, without a queue: a point of the curve of throughput against
 * latency.
 *
 * @param batch sequences that are prefilled together and then decoded together
 * @param timeToFirstTokenSeconds prefill of all of them
 * @param timePerOutputTokenSeconds mean over all output positions
 * @param outputTokensPerSecond of all of them while they decode
 * @param deviceBytes what one device holds at the end
 */
public record BatchPoint(
    int batch,
    double timeToFirstTokenSeconds,
    double timePerOutputTokenSeconds,
    double outputTokensPerSecond,
    long deviceBytes) {

  /**
   * The point of one batch.
   *
   * @param outputTokens of each sequence, at least 2: the first one comes from the prefill
   */
  public static BatchPoint of(Replica replica, int promptTokens, int outputTokens, int batch) {
    double seconds = replica.meanDecodeSeconds(batch, promptTokens, outputTokens - 1);
    return new BatchPoint(
        batch,
        replica.prefillSeconds(promptTokens, batch),
        seconds,
        batch / seconds,
        replica.memory(batch, promptTokens + outputTokens).totalBytes());
  }

  /** The powers of two up to the largest batch that fits, and that batch; empty if none fits. */
  public static List<BatchPoint> curve(Replica replica, int promptTokens, int outputTokens) {
    int largest = replica.largestBatch(promptTokens, outputTokens);
    List<BatchPoint> curve = new ArrayList<>();
    for (int batch = 1; batch < largest; batch *= 2) {
      curve.add(of(replica, promptTokens, outputTokens, batch));
    }
    if (largest > 0) {
      curve.add(of(replica, promptTokens, outputTokens, largest));
    }
    return List.copyOf(curve);
  }
}
