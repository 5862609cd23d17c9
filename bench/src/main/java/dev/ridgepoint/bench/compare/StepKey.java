package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.report.Phase;
import java.util.Optional;

/**
 * What two measurements must have in common to be compared, besides the model. Only the format of
 * keys and values may differ, which is told then.
 *
 * @param dtype storage format of the weight matrices, in lower case
 * @param kvDtype storage format of keys and values, in lower case; empty if the file does not say
 * @param batch sequences in the step
 * @param newTokens of each sequence
 * @param context tokens that each has cached before
 */
record StepKey(
    Phase phase,
    String dtype,
    Optional<String> kvDtype,
    int threads,
    int batch,
    int newTokens,
    int context) {

  /** Whether both are the same step, whatever keys and values are stored in. */
  boolean equalsButForCache(StepKey other) {
    return withoutCache().equals(other.withoutCache());
  }

  private StepKey withoutCache() {
    return new StepKey(phase, dtype, Optional.empty(), threads, batch, newTokens, context);
  }
}
