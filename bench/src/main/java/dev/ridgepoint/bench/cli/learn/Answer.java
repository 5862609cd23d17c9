package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.function.Function;

/**
 * How the answer to an exercise comes about.
 *
 * @param model the model that the exercise is about
 * @param device a name of the catalogue; empty for the reader's own machine
 * @param derivation the number, from the estimator
 */
record Answer(String model, String device, Function<Setting, Derivation> derivation) {
  /** What a reader may be off who reads three digits. */
  static final double TOLERANCE = 0.01;

  /** Whether the reader's own machine must have been measured. */
  boolean needsMachine() {
    return device.isEmpty();
  }

  /** Whether a value counts as the answer. */
  static boolean isRight(double value, Derivation derivation) {
    double right = derivation.value().doubleValue();
    return Math.abs(value - right) <= TOLERANCE * Math.abs(right);
  }
}
