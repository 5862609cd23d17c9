package dev.ridgepoint.estimator.serving;

/** When a replica takes requests from its queue. */
public enum Batching {
  /**
   * As many as wait, up to the limit, when it has nothing to do; they are prefilled one after the
   * other, and decode together until the longest is done. Those that are done before keep their
   * places.
   */
  STATIC,
  /**
   * One after each step, as long as there is a place; who is done leaves at once (iteration-level
   * scheduling: Yu et al. 2022, "Orca: A Distributed Serving System for Transformer-Based
   * Generative Models", OSDI, section 3).
   */
  CONTINUOUS
}
