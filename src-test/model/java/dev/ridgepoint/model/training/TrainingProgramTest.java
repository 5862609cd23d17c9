package dev.ridgepoint.model.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingProgramTest {
  private static final TrainingCase CASE =
      new TrainingCase(
          "qwen3",
          TrainingCase.architecture(TrainingCase.QWEN3, 31, 24, 2),
          new TrainingBatch(9, 4, 1),
          Checkpointing.NONE,
          Optimizer.ADAMW);

  private static TrainingCase with(Checkpointing checkpointing, Optimizer optimizer) {
    return new TrainingCase(
        CASE.name(), CASE.architecture(), CASE.batch(), checkpointing, optimizer);
  }

  @ParameterizedTest
  @EnumSource(names = {"ADAMW", "MOMENTUM", "ADAFACTOR"})
  void learnsOneBatchByHeart(Optimizer optimizer) {
    double rate = optimizer == Optimizer.ADAMW ? 0.01 : 0.05;
    try (Workers workers = new Workers(2);
        TrainingProgram program =
            with(Checkpointing.NONE, optimizer).program(workers, Meter.NONE)) {
      List<TokenBatch> batches = CASE.batches(7);
      double last = Double.MAX_VALUE;
      for (int i = 0; i < 400; i++) {
        last = program.step(batches, rate, 1).loss();
      }
      assertTrue(last < 0.05, "loss is still " + last);
    }
  }

  /** Of batches before a step, which then finds the same loss: it changes no weight. */
  @ParameterizedTest
  @EnumSource(Checkpointing.class)
  void foretellsWithoutLearning(Checkpointing checkpointing) {
    try (Workers workers = new Workers(2);
        TrainingProgram program =
            with(checkpointing, Optimizer.ADAMW).program(workers, Meter.NONE)) {
      TokenBatch one = CASE.batches(3).getFirst();
      TokenBatch other = CASE.batches(4).getFirst();
      program.step(List.of(one), 0.01, 1);
      double first = program.loss(List.of(one));
      double second = program.loss(List.of(other));
      assertEquals((first + second) / 2, program.loss(List.of(one, other)), 1e-12);
      assertEquals(first, program.step(List.of(one), 0.01, 1).loss());
      assertTrue(program.loss(List.of(one)) < first, "nothing was learnt in the step");
    }
  }

  /** A batch of four sequences, and the same as four batches of one. */
  @Test
  void accumulatesWhatOneBatchGives() {
    TokenBatch whole = CASE.batches(3).getFirst();
    List<TokenBatch> parts = new ArrayList<>();
    int length = whole.length();
    for (int i = 0; i < whole.sequences(); i++) {
      parts.add(
          new TokenBatch(
              1,
              length,
              Arrays.copyOfRange(whole.tokens(), i * length, (i + 1) * length),
              Arrays.copyOfRange(whole.targets(), i * length, (i + 1) * length)));
    }
    TrainingCase accumulating =
        new TrainingCase(
            "parts",
            CASE.architecture(),
            new TrainingBatch(length, 1, whole.sequences()),
            Checkpointing.NONE,
            Optimizer.ADAMW);
    try (Workers workers = new Workers(2);
        TrainingProgram one = CASE.program(workers, Meter.NONE);
        TrainingProgram four = accumulating.program(workers, Meter.NONE)) {
      assertEquals(one.gradients(List.of(whole)).loss(), four.gradients(parts).loss(), 1e-6);
      one.weights()
          .tensors()
          .forEach(
              (spec, parameter) -> {
                float[] expected = parameter.gradient().segment().toArray(JAVA_FLOAT);
                float[] actual =
                    four.weights().tensors().get(spec).gradient().segment().toArray(JAVA_FLOAT);
                assertArrayEquals(expected, actual, 1e-6f, spec.name());
              });
    }
  }

  /** To the last bit, for the same operations run again on the same numbers. */
  @ParameterizedTest
  @EnumSource(names = {"SELECTIVE", "FULL"})
  void checkpointingChangesNothing(Checkpointing checkpointing) {
    assertArrayEquals(trained(CASE, 2, 5), trained(with(checkpointing, Optimizer.ADAMW), 2, 5));
  }

  @Test
  void threadsChangeNothing() {
    assertArrayEquals(trained(CASE, 1, 5), trained(CASE, 3, 5));
  }

  /** All weights after some steps, and the losses. */
  private static float[] trained(TrainingCase c, int threads, int steps) {
    try (Workers workers = new Workers(threads);
        TrainingProgram program = c.program(workers, Meter.NONE)) {
      List<Float> numbers = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        numbers.add((float) program.step(c.batches(i), 3e-3, 1).loss());
      }
      program
          .weights()
          .tensors()
          .values()
          .forEach(
              parameter -> {
                for (float value : parameter.value().segment().toArray(JAVA_FLOAT)) {
                  numbers.add(value);
                }
              });
      float[] all = new float[numbers.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = numbers.get(i);
      }
      return all;
    }
  }
}
