package dev.ridgepoint.bench.report;

import dev.ridgepoint.estimator.time.Prediction;

/** What is predicted of all operations of one name, such as {@code qkv_proj}. */
public record NamedPrediction(String name, Prediction prediction) {}
