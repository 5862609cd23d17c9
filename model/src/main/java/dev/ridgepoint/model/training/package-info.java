/** Trains decoders: the estimator's list of a training step, bound to the engine and executed. */
package dev.ridgepoint.model.training;
