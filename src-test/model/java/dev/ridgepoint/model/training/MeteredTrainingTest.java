package dev.ridgepoint.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingFlops;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.RecordedCosts;
import dev.ridgepoint.model.RecordedCosts.Metered;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.TestResources;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
    try (Workers workers = new Workers(2)) {
      assertMeteredIsListed(c, Optional.empty(), workers);
    }
  }

  /** With a teacher of the same vocabulary, whose matrices are stored so. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "Q8_0", "Q4_0"})
  void operationByOperationOfAStudent(DType ofTeacher) {
    Architecture architecture = ConfigReader.read(TestResources.path("logits/llama-gqa/hf-f32"));
    MatrixTypes types = ModelExport.types(architecture, ofTeacher, ofTeacher, Optional.empty());
    int vocabulary = architecture.embedding().vocabSize();
    try (Workers workers = new Workers(2);
        LoadedModel teacher =
            LoadedModel.load(
                architecture, new SyntheticWeights(2), types, workers, (done, total) -> {})) {
      for (Checkpointing checkpointing : Checkpointing.values()) {
        TrainingCase student =
            new TrainingCase(
                "student",
                TrainingCase.architecture(TrainingCase.QWEN2, vocabulary, 18, 3),
                new TrainingBatch(6, 2, 2),
                checkpointing,
                Optimizer.ADAMW);
        assertMeteredIsListed(
            student, Optional.of(new SoftTargets(teacher, types, 2, 0.5)), workers);
      }
    }
  }

  private static void assertMeteredIsListed(
      TrainingCase c, Optional<SoftTargets> targets, Workers workers) {
    RecordedCosts costs = new RecordedCosts();
    try (TrainingProgram program = c.program(TrainingCase.weights(3), targets, workers, costs)) {
      program.step(c.batches(1), 1e-3, 1);
    }
    List<Metered> listed =
        TrainingStepOperations.of(
                c.architecture(),
                c.batch(),
                c.checkpointing(),
                c.optimizer(),
                targets.map(SoftTargets::listed))
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
