package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.EngineTrainingMemory;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.training.OptimizerSettings;
import dev.ridgepoint.model.training.TrainingProgram;
import java.util.List;

/**
 * What training steps on one batch did.
 *
 * @param parameters that were trained
 * @param firstLoss before the first update, in nats per token
 * @param lastLoss after the updates of all steps but the last
 * @param predicted cost of a step
 * @param metered cost of a step, as the engine did it
 * @param predictedBytes of weights, gradients, states and activations
 * @param allocatedBytes of the same
 * @param seconds of the fastest step
 */
record TrainingCheck(
    long parameters,
    double firstLoss,
    double lastLoss,
    Cost predicted,
    Cost metered,
    long predictedBytes,
    long allocatedBytes,
    double seconds) {
  /** The first ones wait for the compiler. */
  private static final int STEPS = 5;

  private static final double LEARNING_RATE = 1e-4;
  private static final double LARGEST_NORM = 1;
  private static final Optimizer OPTIMIZER = Optimizer.ADAMW;

  /** What training on sequences of a shape allocates. */
  static long bytes(Architecture architecture, TrainingBatch shape) {
    return EngineTrainingMemory.of(architecture, shape, Checkpointing.NONE, OPTIMIZER)
        .items()
        .stream()
        .mapToLong(TrainingMemory.Item::bytes)
        .sum();
  }

  /**
   * Makes the steps, with AdamW in F32.
   *
   * @param sequences of equal length, at least two tokens each: each is foretold from the one
   *     before
   */
  static TrainingCheck of(
      Architecture architecture, WeightSource weights, List<int[]> sequences, Workers workers) {
    int length = sequences.getFirst().length - 1;
    TrainingBatch shape = new TrainingBatch(length, sequences.size(), 1);
    int[] inputs = new int[length * sequences.size()];
    int[] targets = new int[inputs.length];
    for (int i = 0; i < sequences.size(); i++) {
      System.arraycopy(sequences.get(i), 0, inputs, i * length, length);
      System.arraycopy(sequences.get(i), 1, targets, i * length, length);
    }
    List<TokenBatch> batch = List.of(new TokenBatch(sequences.size(), length, inputs, targets));
    Cost predicted =
        TrainingStepOperations.of(architecture, shape, Checkpointing.NONE, OPTIMIZER)
            .costs(shape)
            .stream()
            .map(TrainingStepOperations.Entry::cost)
            .reduce(Cost.ZERO, Cost::plus);
    CostMeter meter = new CostMeter();
    try (TrainingProgram program =
        new TrainingProgram(
            architecture,
            shape,
            Checkpointing.NONE,
            OptimizerSettings.of(OPTIMIZER),
            weights,
            workers,
            meter)) {
      double firstLoss = Double.NaN;
      double lastLoss = Double.NaN;
      double seconds = Double.POSITIVE_INFINITY;
      for (int step = 0; step < STEPS; step++) {
        meter.take();
        long start = System.nanoTime();
        lastLoss = program.step(batch, LEARNING_RATE, LARGEST_NORM).loss();
        seconds = Math.min(seconds, (System.nanoTime() - start) / 1e9);
        firstLoss = step == 0 ? lastLoss : firstLoss;
      }
      long allocated = 0;
      for (TrainingMemory.Group group : TrainingMemory.Group.values()) {
        allocated += program.bytes(group);
      }
      return new TrainingCheck(
          program.bytes(TrainingMemory.Group.WEIGHTS) / Float.BYTES,
          firstLoss,
          lastLoss,
          predicted,
          meter.take(),
          bytes(architecture, shape),
          allocated,
          seconds);
    }
  }
}
