package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.report.Phase;

/**
 * What two measurements must have in common to be compared, besides the model.
 *
 * @param dtype storage format of the weight matrices, in lower case
 * @param batch sequences in the step
 * @param newTokens of each sequence
 * @param context tokens that each has cached before
 */
record StepKey(Phase phase, String dtype, int threads, int batch, int newTokens, int context) {}
