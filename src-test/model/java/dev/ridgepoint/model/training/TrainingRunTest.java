package dev.ridgepoint.model.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run is made of besides its steps: data, learning rate, checkpoints. */
class TrainingRunTest {
  private static final TrainingBatch SHAPE = new TrainingBatch(4, 2, 2);
  private static final int[] TOKENS = tokens();

  private static int[] tokens() {
    int[] tokens = new int[4 * 7 + 3];
    Arrays.setAll(tokens, i -> i % 31);
    return tokens;
  }

  @Test
  void everyPassSeesEveryWindowOnce() {
    TokenDataset data = new TokenDataset("data", TOKENS, SHAPE, 1);
    assertEquals(7, data.windows());
    Set<Integer> firsts = new HashSet<>();
    int seen = 0;
    for (int step = 0; seen < 7; step++) {
      for (TokenBatch batch : data.batches(step)) {
        for (int i = 0; i < batch.sequences() && seen < 7; i++, seen++) {
          int first = batch.tokens()[i * 4];
          firsts.add(first);
          assertEquals((first + 1) % 31, batch.targets()[i * 4]);
        }
      }
    }
    assertEquals(Set.of(0, 4, 8, 12, 16, 20, 24), firsts);
  }

  @Test
  void aStepSeesTheSameWhateverWasBefore() {
    TokenDataset one = new TokenDataset("data", TOKENS, SHAPE, 1);
    TokenDataset other = new TokenDataset("data", TOKENS, SHAPE, 1);
    for (int step = 0; step < 5; step++) {
      one.batches(step);
    }
    assertArrayEquals(one.batches(3).getLast().tokens(), other.batches(3).getLast().tokens());
  }

  @Test
  void refusesDataOfLessThanAWindow() {
    var e =
        assertThrows(
            InvalidInputException.class, () -> new TokenDataset("short.txt", new int[4], SHAPE, 1));
    assertTrue(e.getMessage().startsWith("short.txt"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "CONSTANT, 0, 0.25", "CONSTANT, 3, 1", "CONSTANT, 9, 1",
    "LINEAR, 4, 1", "LINEAR, 9, 0.1", "LINEAR, 7, 0.46",
    "COSINE, 4, 1", "COSINE, 9, 0.1"
  })
  void risesAndFalls(LearningRate.Shape shape, long step, double share) {
    assertEquals(share * 2, new LearningRate(shape, 2, 4, 10).at(step), 1e-12);
  }

  /** Ten steps, and five that are written, read and followed by five more. */
  @ParameterizedTest
  @EnumSource(names = {"ADAMW", "MOMENTUM", "ADAFACTOR"})
  void resumesToTheSameBits(Optimizer optimizer, @TempDir Path folder) throws IOException {
    TrainingCase c =
        new TrainingCase(
            "resumed",
            TrainingCase.architecture(TrainingCase.QWEN2, 31, 18, 2),
            SHAPE,
            Checkpointing.NONE,
            optimizer);
    WeightSource fresh = TrainingCase.weights(3);
    try (Workers workers = new Workers(2)) {
      float[] expected = run(c, fresh, Optional.empty(), 0, 10, folder, workers);
      run(c, fresh, Optional.empty(), 0, 5, folder, workers);
      TrainingCheckpoint last = TrainingCheckpoint.last(folder).orElseThrow();
      assertEquals(5, last.step());
      try (Checkpoint checkpoint = Checkpoint.open(last.model())) {
        WeightSource written = new CheckpointWeights(checkpoint);
        assertArrayEquals(expected, run(c, written, Optional.of(last), 5, 10, folder, workers));
      }
    }
  }

  /** All weights at the end; at step 5 a checkpoint is written. */
  private static float[] run(
      TrainingCase c,
      WeightSource source,
      Optional<TrainingCheckpoint> from,
      int first,
      int end,
      Path folder,
      Workers workers)
      throws IOException {
    try (TrainingProgram program = c.program(source, workers, Meter.NONE)) {
      from.ifPresent(checkpoint -> checkpoint.restore(program));
      TokenDataset data = new TokenDataset("data", TOKENS, SHAPE, 1);
      for (int step = first; step < end; step++) {
        program.step(data.batches(step), 1e-2, 1);
      }
      if (end == 5) {
        new TrainingCheckpoint(folder, 5)
            .write(c.architecture(), program, Optional.empty(), workers);
      }
      int elements = 0;
      float[] all = new float[0];
      for (var parameter : program.weights().tensors().values()) {
        float[] values = parameter.value().segment().toArray(JAVA_FLOAT);
        all = Arrays.copyOf(all, elements + values.length);
        System.arraycopy(values, 0, all, elements, values.length);
        elements += values.length;
      }
      return all;
    }
  }

  /** What was being deleted when a process ended is none, and goes with the next. */
  @Test
  void deletesTheOlderOnes(@TempDir Path folder) throws IOException {
    for (long step : new long[] {3, 10, 7}) {
      Path model = new TrainingCheckpoint(folder, step).model();
      Files.createDirectories(model.resolve("inner"));
      Files.writeString(model.resolve("inner").resolve("file"), "x");
      Files.createDirectories(folder.resolve(model.getFileName() + ".optimizer"));
    }
    Files.createDirectories(folder.resolve(".step-00000003.deleted").resolve("rest"));
    TrainingCheckpoint.deleteOlder(folder, 5);
    assertTrue(Files.exists(new TrainingCheckpoint(folder, 3).model()));
    TrainingCheckpoint.deleteOlder(folder, 2);
    try (Stream<Path> entries = Files.list(folder)) {
      assertEquals(
          List.of(
              "step-00000007",
              "step-00000007.optimizer",
              "step-00000010",
              "step-00000010.optimizer"),
          entries.map(entry -> entry.getFileName().toString()).sorted().toList());
    }
  }

  /** States that were written before the process ended are no checkpoint without the model. */
  @Test
  void aCheckpointIsWhereItsModelIs(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("step-00000007"));
    Files.createDirectories(folder.resolve("step-00000009.optimizer"));
    assertEquals(7, TrainingCheckpoint.last(folder).orElseThrow().step());
  }
}
