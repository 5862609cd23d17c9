package dev.ridgepoint.estimator.cluster;

import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory;

/**
 * A way to train a model on a cluster that fits its memory.
 *
 * @param layout how devices share the work
 * @param batch of one replica
 * @param options what is shared and what is computed again
 * @param memory of the fullest device
 * @param time of one optimizer step
 */
public record TrainingPlan(
    ParallelLayout layout,
    TrainingBatch batch,
    MemoryOptions options,
    TrainingMemory memory,
    StepTime time) {

  /** Tokens of all replicas per second. */
  public double tokensPerSecond() {
    double tokens =
        (double) batch.microBatchTokens() * batch.microBatches() * layout.dataParallel();
    return tokens / time.seconds();
  }
}
