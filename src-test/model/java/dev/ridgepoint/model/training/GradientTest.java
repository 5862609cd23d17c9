package dev.ridgepoint.model.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.training.TokenBatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient of every tensor against central differences of a decoder in double precision. With
 * steps of 1e-5 those are right to some 1e-9; what remains is the rounding of F32.
 */
class GradientTest {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-4;

  /** Random ones, along each of which every element of a tensor takes part. */
  private static final int DIRECTIONS = 8;

  static List<TrainingCase> cases() {
    return TrainingCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreTheDifferencesOfTheLoss(TrainingCase c) {
    try (Workers workers = new Workers(2);
        TrainingProgram program = c.program(workers, Meter.NONE)) {
      Map<String, double[]> weights = new HashMap<>();
      program
          .weights()
          .tensors()
          .forEach(
              (spec, parameter) -> {
                float[] values = parameter.value().segment().toArray(JAVA_FLOAT);
                weights.put(spec.name(), toDoubles(values));
              });
      ReferenceDecoder reference = new ReferenceDecoder(c.architecture(), weights);
      List<TokenBatch> batches = c.batches(5);

      double loss = program.gradients(batches);

      assertEquals(reference.loss(batches), loss, 1e-5);
      program
          .weights()
          .tensors()
          .forEach(
              (spec, parameter) -> {
                float[] gradient = parameter.gradient().segment().toArray(JAVA_FLOAT);
                double[] values = weights.get(spec.name());
                Random random = new Random(spec.name().hashCode());
                double squares = 0;
                double errors = 0;
                for (int i = 0; i < DIRECTIONS; i++) {
                  double[] direction = random.doubles(values.length, -1, 1).toArray();
                  double slope = 0;
                  for (int j = 0; j < values.length; j++) {
                    slope += gradient[j] * direction[j];
                  }
                  double difference = difference(reference, batches, values, direction);
                  squares += difference * difference;
                  errors += Math.pow(slope - difference, 2);
                }
                double error = Math.sqrt(errors / squares);
                assertTrue(error < TOLERANCE, spec.name() + " is off by " + error);
              });
    }
  }

  /** The slope of the loss along a direction, of which nothing is left in the values. */
  private static double difference(
      ReferenceDecoder reference, List<TokenBatch> batches, double[] values, double[] direction) {
    double[] before = values.clone();
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = before[i] + (side == 0 ? STEP : -STEP) * direction[i];
      }
      losses[side] = reference.loss(batches);
    }
    System.arraycopy(before, 0, values, 0, values.length);
    return (losses[0] - losses[1]) / (2 * STEP);
  }

  private static double[] toDoubles(float[] floats) {
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }
}
