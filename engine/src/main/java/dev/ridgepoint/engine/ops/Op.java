package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;

/**
 * An operation of a forward pass, bound once to its operands and run step after step. Its
 * activations are F32 matrices whose rows are new tokens.
 *
 * <p>Ops that share a {@link Workspace} run one at a time.
 */
public interface Op {
  /**
   * Works on the rows of a step, of which its activations have as many as it says, and tells the
   * meter by {@link Meter#end} what it did; {@link Meter#begin} is the caller's.
   *
   * @throws IllegalArgumentException if an operand does not fit the step
   */
  void run(StepRows step, Meter meter);
}
