package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.operation.Operation;

/** What is predicted of one operation of a step. */
public record OperationPrediction(Operation operation, Prediction prediction) {}
