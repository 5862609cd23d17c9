package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;

/**
 * An operation of a forward pass, bound once to its operands and run step after step. Its
 * activations are F32 matrices whose rows are tokens: all new ones of the step, or those whose
 * logits are wanted.
 *
 * <p>Ops that share a {@link Workspace} run one at a time.
 */
public interface Op {
  /**
   * Works on all rows that its activations have, and tells the meter by {@link Meter#end} what it
   * did; {@link Meter#begin} is the caller's.
   *
   * @param step whose rows they are
   * @throws IllegalArgumentException if an operand does not fit the step
   */
  void run(StepRows step, Meter meter);
}
