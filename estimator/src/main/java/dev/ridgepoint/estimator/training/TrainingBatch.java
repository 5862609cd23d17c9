package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;

/**
 * What one replica of the model sees in one optimizer step.
 *
 * @param sequenceLength tokens of one sequence
 * @param microBatch sequences that pass together
 * @param microBatches passes before the optimizer steps: gradient accumulation, and what fills a
 *     pipeline
 */
public record TrainingBatch(int sequenceLength, int microBatch, int microBatches) {
  public TrainingBatch {
    requirePositive("batch", "sequenceLength", sequenceLength);
    requirePositive("batch", "microBatch", microBatch);
    requirePositive("batch", "microBatches", microBatches);
  }

  /** The same with another micro-batch. */
  public TrainingBatch withMicroBatch(int sequences) {
    return new TrainingBatch(sequenceLength, sequences, microBatches);
  }

  /** Tokens of one micro-batch. */
  public long microBatchTokens() {
    return (long) sequenceLength * microBatch;
  }
}
