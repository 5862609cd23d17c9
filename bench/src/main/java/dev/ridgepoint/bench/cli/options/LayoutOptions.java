package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import picocli.CommandLine.Option;

/** How devices share one training run, and what a step holds. */
public final class LayoutOptions {
  @Option(
      names = "--seq",
      paramLabel = "N",
      description = "Tokens of a training sequence (default: --prompt's).")
  private Integer sequenceLength;

  @Option(
      names = "--micro-batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Sequences that a replica passes together (default: ${DEFAULT-VALUE}).")
  private int microBatch;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      defaultValue = "1",
      description = "Micro-batches before the optimizer steps (default: ${DEFAULT-VALUE}).")
  private int microBatches;

  @Option(
      names = "--dp",
      paramLabel = "N",
      defaultValue = "1",
      description = "Replicas of the model (default: ${DEFAULT-VALUE}).")
  private int dataParallel;

  @Option(
      names = "--tp",
      paramLabel = "N",
      defaultValue = "1",
      description = "Devices that share every layer (default: ${DEFAULT-VALUE}).")
  private int tensorParallel;

  @Option(
      names = "--pp",
      paramLabel = "N",
      defaultValue = "1",
      description = "Stages of consecutive layers (default: ${DEFAULT-VALUE}).")
  private int pipelineParallel;

  @Option(
      names = "--sp",
      description = "The devices of --tp also share what lies between the matrices.")
  private boolean sequenceParallel;

  @Option(
      names = "--chunks",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Parts of the model on each stage, for an interleaved schedule"
              + " (default: ${DEFAULT-VALUE}).")
  private int chunksPerStage;

  /** The step of one replica, of sequences of {@code otherwise} tokens if no length is given. */
  public TrainingBatch batch(int otherwise) {
    return new TrainingBatch(
        sequenceLength != null ? sequenceLength : otherwise, microBatch, microBatches);
  }

  /** The split. */
  public ParallelLayout layout() {
    return new ParallelLayout(
        dataParallel, tensorParallel, pipelineParallel, sequenceParallel, chunksPerStage);
  }
}
