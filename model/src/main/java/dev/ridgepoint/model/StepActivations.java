package dev.ridgepoint.model;

import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.Activations;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.Rows;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where the estimator's buffers lie: layers share activations that are as wide and as many. */
final class StepActivations {
  private final Activations tokenRows;
  private final Activations logitRows;
  private final Optional<ExpertActivations> experts;
  private final Map<Place, Activation> all = new HashMap<>();

  private record Place(Buffer buffer, long width, Activations memory) {}

  /**
   * @param tokenRows memory of what has a row per new token
   * @param logitRows memory of what has a row per wanted row of logits
   * @param experts what lies between experts' projections, if there are any
   */
  StepActivations(
      Activations tokenRows, Activations logitRows, Optional<ExpertActivations> experts) {
    this.tokenRows = tokenRows;
    this.logitRows = logitRows;
    this.experts = experts;
  }

  /** With a row per new token. */
  Activation of(Buffer buffer, long width) {
    return of(buffer, width, tokenRows);
  }

  Activation of(Buffer buffer, long width, Rows rows) {
    return of(buffer, width, rows == Rows.LOGITS ? logitRows : tokenRows);
  }

  /** With several rows per new token, for as many experts, or with one. */
  Activation of(Buffer buffer, long width, long rowsPerToken) {
    return of(buffer, width, rowsPerToken == 1 ? tokenRows : experts().memory());
  }

  private Activation of(Buffer buffer, long width, Activations memory) {
    return all.computeIfAbsent(
        new Place(buffer, width, memory), place -> memory.add(Math.toIntExact(width)));
  }

  /** What lies between experts' projections. */
  ExpertActivations experts() {
    return experts.orElseThrow();
  }
}
