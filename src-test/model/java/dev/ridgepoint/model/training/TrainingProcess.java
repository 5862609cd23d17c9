package dev.ridgepoint.model.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Trains from where the folder is to a step, writes a checkpoint, and prints what came of it. */
final class TrainingProcess {
  private static final TrainingCase CASE =
      new TrainingCase(
          "process",
          TrainingCase.architecture(TrainingCase.QWEN2, 31, 24, 2),
          new TrainingBatch(9, 2, 1),
          Checkpointing.SELECTIVE,
          Optimizer.ADAMW);

  private TrainingProcess() {}

  public static void main(String[] args) throws IOException {
    System.out.println("hash " + train(Path.of(args[0]), Long.parseLong(args[1])));
  }

  /** The hash of all bits of all weights. */
  static int train(Path folder, long end) throws IOException {
    Optional<TrainingCheckpoint> last = TrainingCheckpoint.last(folder);
    try (Workers workers = new Workers(2)) {
      if (last.isEmpty()) {
        try (TrainingProgram program = CASE.program(workers, Meter.NONE)) {
          return train(program, 0, end, folder, workers);
        }
      }
      try (Checkpoint checkpoint = Checkpoint.open(last.get().model());
          TrainingProgram program =
              CASE.program(new CheckpointWeights(checkpoint), workers, Meter.NONE)) {
        last.get().restore(program);
        return train(program, last.get().step(), end, folder, workers);
      }
    }
  }

  private static int train(
      TrainingProgram program, long first, long end, Path folder, Workers workers)
      throws IOException {
    List<Integer> bits = new ArrayList<>();
    for (long step = first; step < end; step++) {
      program.step(CASE.batches(step), 1e-2, 1);
    }
    new TrainingCheckpoint(folder, end)
        .write(CASE.architecture(), program, Optional.empty(), workers);
    for (var parameter : program.weights().tensors().values()) {
      for (float value : parameter.value().segment().toArray(JAVA_FLOAT)) {
        bits.add(Float.floatToRawIntBits(value));
      }
    }
    return bits.hashCode();
  }
}
