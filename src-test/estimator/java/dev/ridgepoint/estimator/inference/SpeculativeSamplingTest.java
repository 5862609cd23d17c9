package dev.ridgepoint.estimator.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeculativeSamplingTest {

  /** The text would draw again where the model likes the token better: there it always stays. */
  @ParameterizedTest
  @CsvSource({"0.9, 0.1, 1", "0.3, 0.3, 1", "0.1, 0.4, 0.25", "0, 0.5, 0"})
  void erratum085ATokenThatTheModelLikesBetterIsAccepted(
      double model, double draft, double acceptance) {
    assertEquals(acceptance, SpeculativeSampling.acceptance(model, draft), 1e-15);
  }

  /** Drafted and accepted, or rejected and drawn again: together the model's own distribution. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void erratum085WhatComesOutIsTheModelsDistribution(long seed) {
    double[] model = distribution(seed);
    double[] draft = distribution(-seed);
    double[] again = SpeculativeSampling.afterRejection(model, draft);
    double rejected = 1 - SpeculativeSampling.acceptance(model, draft);
    double[] out = new double[model.length];
    for (int token = 0; token < out.length; token++) {
      out[token] =
          draft[token] * SpeculativeSampling.acceptance(model[token], draft[token])
              + rejected * again[token];
    }
    assertArrayEquals(model, out, 1e-14);
  }

  @Test
  void aPerfectDraftIsNeverRejected() {
    double[] model = {0.5, 0.25, 0.25};
    assertEquals(1, SpeculativeSampling.acceptance(model, model));
    assertArrayEquals(new double[3], SpeculativeSampling.afterRejection(model, model));
  }

  @Test
  void refusesWhatIsNoDistribution() {
    assertThrows(IllegalArgumentException.class, () -> SpeculativeSampling.acceptance(0.5, 0));
    assertThrows(IllegalArgumentException.class, () -> SpeculativeSampling.acceptance(1.5, 0.5));
    assertThrows(
        IllegalArgumentException.class,
        () -> SpeculativeSampling.acceptance(new double[] {1}, new double[] {0.5, 0.5}));
  }

  private static double[] distribution(long seed) {
    double[] weights = new SplittableRandom(seed).doubles(50).map(x -> x * x * x).toArray();
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    for (int token = 0; token < weights.length; token++) {
      weights[token] /= sum;
    }
    return weights;
  }
}
