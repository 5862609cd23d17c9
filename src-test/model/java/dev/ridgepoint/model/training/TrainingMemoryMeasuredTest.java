package dev.ridgepoint.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.EngineTrainingMemory;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory;
import dev.ridgepoint.estimator.training.TrainingMemory.Group;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is predicted of each group is what was allocated, but for lines and panels that are full.
 */
class TrainingMemoryMeasuredTest {
  private static final TrainingCase.Parts LARGER =
      new TrainingCase.Parts(4, 2, 32, false, true, true, Activation.SILU);

  static List<TrainingCase> cases() {
    return List.of(
        of(new TrainingBatch(64, 4, 1), Checkpointing.NONE, Optimizer.ADAMW),
        of(new TrainingBatch(96, 2, 2), Checkpointing.SELECTIVE, Optimizer.MOMENTUM),
        of(new TrainingBatch(128, 3, 1), Checkpointing.FULL, Optimizer.ADAFACTOR));
  }

  private static TrainingCase of(
      TrainingBatch batch, Checkpointing checkpointing, Optimizer optimizer) {
    return new TrainingCase(
        "memory", TrainingCase.architecture(LARGER, 512, 128, 4), batch, checkpointing, optimizer);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allocatedIsPredicted(TrainingCase c) {
    TrainingMemory predicted =
        EngineTrainingMemory.of(c.architecture(), c.batch(), c.checkpointing(), c.optimizer());
    try (Workers workers = new Workers(2);
        TrainingProgram program = c.program(workers, Meter.NONE)) {
      program.step(c.batches(1), 1e-3, 1);
      for (Group group : Group.values()) {
        double bytes = program.bytes(group);
        assertEquals(bytes, (double) predicted.bytes(group), 0.05 * bytes, group.name());
      }
    }
  }
}
