package dev.ridgepoint.model.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.TestResources;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import dev.ridgepoint.model.compression.Fidelity.Subject;
import dev.ridgepoint.model.training.LearningRate;
import dev.ridgepoint.model.training.LearningRate.Shape;
import dev.ridgepoint.model.training.TokenDataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A drawn model of the tests is the teacher, on drawn tokens, of which nothing can be foretold. */
class DistillationTest {
  private static final MatrixTypes F32 = MatrixTypes.all(DType.F32);
  private static final Path TEACHER = TestResources.path("logits/llama-gqa/hf-f32");
  private static final TrainingBatch SHAPE = new TrainingBatch(12, 4, 1);
  private static final int VOCABULARY = 320;

  private static Distillation distillation(double alpha, int steps) {
    Architecture student =
        ConfigReader.parse(
            "student",
            """
            {"model_type": "llama", "vocab_size": 320, "hidden_size": 32,
             "intermediate_size": 48, "num_hidden_layers": 1, "num_attention_heads": 2,
             "num_key_value_heads": 1, "max_position_embeddings": 64}
            """);
    LearningRate rate = new LearningRate(Shape.CONSTANT, 1e-2, 0, steps);
    return new Distillation(student, SHAPE, rate, 2, alpha, 7);
  }

  private static TokenDataset data() {
    int[] tokens = new Random(3).ints(12 * 40 + 1, 0, VOCABULARY).toArray();
    return new TokenDataset("drawn", tokens, SHAPE, 1);
  }

  private static LoadedModel load(Checkpoint checkpoint, Workers workers) {
    return LoadedModel.load(checkpoint, F32, workers, (done, total) -> {});
  }

  private static double divergence(LoadedModel teacher, ModelWeights student, Workers workers) {
    List<int[]> windows = List.of(new Random(5).ints(40, 0, VOCABULARY).toArray());
    try (LoadedModel loaded =
        LoadedModel.of(student.architecture(), student, F32, workers, (done, total) -> {})) {
      return Fidelity.of(
              new Subject(teacher, false),
              new Subject(loaded, false),
              windows,
              workers,
              (done, total) -> {})
          .divergence();
    }
  }

  /** Drawn tokens tell nothing of the next: only the teacher can. */
  @Test
  void aStudentLearnsWhatItsTeacherFindsLikely() {
    try (Checkpoint checkpoint = Checkpoint.open(TEACHER);
        Workers workers = new Workers(2);
        LoadedModel teacher = load(checkpoint, workers)) {
      List<Double> divergences = new ArrayList<>();
      ModelWeights taught =
          distillation(1, 60)
              .taught(
                  teacher,
                  F32,
                  data(),
                  workers,
                  (done, result) -> divergences.add(result.divergence()));
      ModelWeights alone = distillation(1, 60).alone(data(), workers, (done, result) -> {});
      assertEquals(60, divergences.size());
      assertTrue(divergences.getLast() < 0.8 * divergences.getFirst(), divergences.toString());
      double ofTaught = divergence(teacher, taught, workers);
      double ofAlone = divergence(teacher, alone, workers);
      assertTrue(ofTaught < 0.8 * ofAlone, ofTaught + " instead of " + ofAlone);
    }
  }

  /** With nothing of the soft loss the teacher is run, and leaves the student as it would be. */
  @Test
  void withoutAShareTheTeacherChangesNothing() {
    try (Checkpoint checkpoint = Checkpoint.open(TEACHER);
        Workers workers = new Workers(2);
        LoadedModel teacher = load(checkpoint, workers)) {
      ModelWeights taught =
          distillation(0, 3).taught(teacher, F32, data(), workers, (done, result) -> {});
      ModelWeights alone = distillation(0, 3).alone(data(), workers, (done, result) -> {});
      CheckpointLayout.of(alone.architecture())
          .tensors()
          .forEach(spec -> assertArrayEquals(alone.numbers(spec), taught.numbers(spec)));
    }
  }

  @Test
  void whatIsWrittenIsWhatWasVerified(@TempDir Path folder) throws Exception {
    try (Checkpoint checkpoint = Checkpoint.open(TEACHER);
        Workers workers = new Workers(2);
        LoadedModel teacher = load(checkpoint, workers)) {
      ModelWeights student =
          distillation(0.5, 2).taught(teacher, F32, data(), workers, (done, result) -> {});
      CompressedModel compressed =
          new CompressedModel(student, student, DType.BF16, DType.BF16, Optional.empty());
      for (String name : List.of("model.gguf", "folder")) {
        Path target = folder.resolve(name);
        compressed
            .export(Optional.of(checkpoint.origin()))
            .write(target, workers, (done, total) -> {});
        try (Checkpoint written = Checkpoint.open(target)) {
          ModelWeights read =
              ModelWeights.read(written.architecture(), new CheckpointWeights(written));
          assertEquals(student.architecture().hiddenSize(), read.architecture().hiddenSize());
          CheckpointLayout.of(student.architecture())
              .tensors()
              .filter(spec -> spec.isMatrix())
              .forEach(
                  spec ->
                      assertArrayEquals(
                          ModelWeights.numbers(
                              ModelWeights.stored(
                                  spec, student.numbers(spec), DType.BF16, workers)),
                          read.numbers(spec),
                          spec.name()));
        }
      }
    }
  }
}
