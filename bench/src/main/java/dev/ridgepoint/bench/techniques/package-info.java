/**
 * Runs the techniques of serving on one model, each in turns with the usual way of doing the same
 * work, and predicts the ratio of the two: {@link dev.ridgepoint.bench.techniques.Experiment} is
 * one of them, {@link dev.ridgepoint.bench.techniques.TechniqueRun} runs all within a time.
 */
package dev.ridgepoint.bench.techniques;
