package dev.ridgepoint.model.trace;

import dev.ridgepoint.estimator.operation.Step;

/**
 * A forward pass that was run.
 *
 * @param step what it worked on, as the estimator sees it
 * @param seconds that it took, with choosing the tokens
 */
public record TimedStep(Step step, double seconds) {}
