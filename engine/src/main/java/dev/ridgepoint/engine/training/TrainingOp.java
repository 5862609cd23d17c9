package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;

/**
 * An operation of a training step, bound once to its operands and run batch after batch. Ops that
 * share a {@link TrainingWorkspace} run one at a time.
 */
@FunctionalInterface
public interface TrainingOp {
  /**
   * Works on the rows of a batch, and tells the meter by {@link Meter#end} what it did; {@link
   * Meter#begin} is the caller's.
   *
   * @throws IllegalArgumentException if the batch has other rows than the activations, or a token
   *     is not in the vocabulary
   */
  void run(TokenBatch batch, Meter meter);
}
