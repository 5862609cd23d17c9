package dev.ridgepoint.model.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.WeightSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient of every tensor against central differences of a decoder in double precision. With
 * steps of 1e-5 those are right to some 1e-9; what remains is the rounding of F32.
 */
class GradientTest {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-4;
  private static final MatrixTypes F32 = MatrixTypes.all(DType.F32);

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
      Map<String, double[]> weights = weights(program);
      ReferenceDecoder reference = new ReferenceDecoder(c.architecture(), weights);
      List<TokenBatch> batches = c.batches(5);

      double loss = program.gradients(batches).loss();

      assertEquals(reference.loss(batches), loss, 1e-5);
      assertGradients(program, weights, () -> reference.loss(batches));
    }
  }

  /** Of a whole step: the teacher, which has other sizes, in double precision, too. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 0.5", "2, 0.9", "4, 0.3", "0.5, 0.7", "10, 1", "3, 0"})
  void aStudentsGradientsAreTheDifferencesOfItsLoss(double temperature, double alpha) {
    TrainingCase c = cases().get(1);
    Architecture ofTeacher = TrainingCase.architecture(TrainingCase.QWEN3, 31, 28, 2);
    WeightSource taught = TrainingCase.weights(8);
    try (Workers workers = new Workers(2);
        LoadedModel teacher =
            LoadedModel.load(ofTeacher, taught, F32, workers, (done, total) -> {});
        TrainingProgram asTeacher = c.with(ofTeacher).program(taught, workers, Meter.NONE);
        TrainingProgram program =
            c.program(
                TrainingCase.weights(3),
                Optional.of(new SoftTargets(teacher, F32, temperature, alpha)),
                workers,
                Meter.NONE)) {
      Map<String, double[]> weights = weights(program);
      ReferenceDecoder reference = new ReferenceDecoder(c.architecture(), weights);
      ReferenceDecoder ofReference = new ReferenceDecoder(ofTeacher, weights(asTeacher));
      List<TokenBatch> batches = c.batches(5);

      TrainingProgram.Losses losses = program.gradients(batches);

      assertEquals(reference.loss(batches), losses.loss(), 1e-5);
      double divergence = reference.divergence(batches, ofReference, temperature);
      assertEquals(divergence, losses.divergence(), 1e-5);
      assertGradients(
          program,
          weights,
          () ->
              (1 - alpha) * reference.loss(batches)
                  + alpha
                      * temperature
                      * temperature
                      * reference.divergence(batches, ofReference, temperature));
    }
  }

  private static Map<String, double[]> weights(TrainingProgram program) {
    Map<String, double[]> weights = new HashMap<>();
    program
        .weights()
        .tensors()
        .forEach(
            (spec, parameter) -> {
              float[] values = parameter.value().segment().toArray(JAVA_FLOAT);
              weights.put(spec.name(), toDoubles(values));
            });
    return weights;
  }

  /**
   * Compares what a program has computed.
   *
   * @param weights that {@code loss} is computed from
   */
  private static void assertGradients(
      TrainingProgram program, Map<String, double[]> weights, DoubleSupplier loss) {
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
                double difference = difference(loss, values, direction);
                squares += difference * difference;
                errors += Math.pow(slope - difference, 2);
              }
              double error = Math.sqrt(errors / squares);
              assertTrue(error < TOLERANCE, spec.name() + " is off by " + error);
            });
  }

  /** The slope of the loss along a direction, of which nothing is left in the values. */
  private static double difference(DoubleSupplier loss, double[] values, double[] direction) {
    double[] before = values.clone();
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = before[i] + (side == 0 ? STEP : -STEP) * direction[i];
      }
      losses[side] = loss.getAsDouble();
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
