/**
 * What training costs: memory by tensor and by rank, FLOPs of a step, and the time, energy and
 * money of a run.
 */
package dev.ridgepoint.estimator.training;
