/**
 * The operations of a training step: those of the forward pass that keep what the backward pass
 * needs, and the gradients of all. Rows are the tokens of sequences of equal length; every shape is
 * known when an operation is bound.
 *
 * <p>The same numbers give the same bits, whatever the number of threads and whatever the JVM has
 * compiled by then: so a run that was interrupted goes on as if it had not been. Sums have one
 * order, also across the lanes of a vector, and the exponential is the engine's own. Those are why
 * norms and activations have operations here beside those of inference.
 */
package dev.ridgepoint.engine.training;
