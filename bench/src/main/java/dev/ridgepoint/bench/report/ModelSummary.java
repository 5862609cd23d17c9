package dev.ridgepoint.bench.report;

import dev.ridgepoint.estimator.ModelConfig;

/**
 * The measured model.
 *
 * @param parameters all of them, tied weights counted once
 * @param weightBytes of all weights in their storage formats, tied weights counted once
 */
public record ModelSummary(ModelConfig config, long parameters, long weightBytes) {}
