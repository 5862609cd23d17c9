package dev.ridgepoint.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.TrainingFlops;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import dev.ridgepoint.model.RecordedCosts;
import dev.ridgepoint.model.RecordedCosts.Metered;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the engine counts in a training step is what the estimator lists, operation by operation.
 */
class MeteredTrainingTest {
  static List<TrainingCase> cases() {
    return TrainingCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void operationByOperation(TrainingCase c) {
    RecordedCosts costs = new RecordedCosts();
    try (Workers workers = new Workers(2);
        TrainingProgram program = c.program(workers, costs)) {
      program.step(c.batches(1), 1e-3, 1);
    }
    List<Metered> listed =
        TrainingStepOperations.of(c.architecture(), c.batch(), c.checkpointing(), c.optimizer())
            .costs(c.batch())
            .stream()
            .map(
                each ->
                    new Metered(each.operation().label(), each.operation().layer(), each.cost()))
            .toList();
    List<Metered> metered = costs.all();
    for (int i = 0; i < Math.min(listed.size(), metered.size()); i++) {
      assertEquals(listed.get(i), metered.get(i));
    }
    assertEquals(listed.size(), metered.size());
  }

  /** Narayanan et al.'s formula, and the scores that a flash backward pass forms again. */
  @Test
  void listedProductsAreThoseOfTheFormula() {
    for (TrainingCase c : TrainingCase.all()) {
      if (c.checkpointing() == Checkpointing.FULL) {
        continue; // The last layer, and the end of each other, are not computed twice there.
      }
      long listed =
          TrainingStepOperations.of(c.architecture(), c.batch(), c.checkpointing(), c.optimizer())
              .costs(c.batch())
              .stream()
              .mapToLong(each -> each.cost().matmulFlops())
              .sum();
      TrainingFlops ofSequence =
          TrainingFlops.perSequence(
              TrainingModel.of(c.name(), c.architecture()),
              c.batch().sequenceLength(),
              TrainingFlops.Mask.CAUSAL);
      long sequences = (long) c.batch().microBatch() * c.batch().microBatches();
      assertEquals(
          sequences * ofSequence.hardwareFlops(c.checkpointing(), true).longValueExact(),
          listed,
          c.toString());
    }
  }
}
