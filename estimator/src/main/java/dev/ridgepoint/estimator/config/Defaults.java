package dev.ridgepoint.estimator.config;

/**
 * What a family's configuration class in the transformers library fills in where a config is
 * silent.
 *
 * @param maxPositions of {@code max_position_embeddings}
 * @param normEpsilon of {@code rms_norm_eps} or what the family calls it
 * @param ropeTheta of {@code rope_theta} or what the family calls it
 */
record Defaults(int maxPositions, double normEpsilon, double ropeTheta) {}
