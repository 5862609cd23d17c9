package dev.ridgepoint.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.TrainingFlops;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the engine counts in a training step is what the estimator lists, operation by operation.
 */
class MeteredTrainingTest {
  private record Metered(String name, int layer, Cost cost) {}

  static List<TrainingCase> cases() {
    return TrainingCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void operationByOperation(TrainingCase c) {
    List<Metered> metered = new ArrayList<>();
    try (Workers workers = new Workers(2);
        TrainingProgram program = c.program(workers, new Recorder(metered))) {
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

  private static final class Recorder implements Meter {
    private final List<Metered> metered;
    private String operation;
    private int layer;

    private Recorder(List<Metered> metered) {
      this.metered = metered;
    }

    @Override
    public void begin(String operation, int layer) {
      this.operation = operation;
      this.layer = layer;
    }

    @Override
    public void end(
        long flops,
        long matmulFlops,
        long weightBytes,
        long kvReadBytes,
        long kvWrittenBytes,
        long activationBytes) {
      Cost cost =
          new Cost(flops, matmulFlops, weightBytes, kvReadBytes, kvWrittenBytes, activationBytes);
      metered.add(new Metered(operation, layer, cost));
    }
  }
}
