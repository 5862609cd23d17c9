package dev.ridgepoint.estimator.serving;

/** How long the steps of a simulated replica take. */
public interface StepTimes {
  /** Seconds to prefill a prompt and yield its first token. */
  double prefillSeconds(int promptTokens);

  /**
   * Seconds of a decode step.
   *
   * @param batch sequences that take part
   * @param contextTokens that all of them together have cached
   */
  double decodeSeconds(int batch, long contextTokens);
}
