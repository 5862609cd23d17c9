package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.Offload;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingPrecision;
import dev.ridgepoint.estimator.training.ZeroStage;
import picocli.CommandLine.Option;

/** What a training device keeps in memory. */
public final class MemoryPlanOptions {
  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adamw",
      description =
          "sgd, momentum, adam, adamw, adafactor, adafactor-momentum or adam-8bit"
              + " (default: ${DEFAULT-VALUE}).")
  private String optimizer;

  @Option(
      names = "--train-dtype",
      paramLabel = "NAME",
      defaultValue = "bf16",
      description =
          "fp32, bf16, fp16 (both with fp32 master weights) or bf16-fp32-gradients"
              + " (default: ${DEFAULT-VALUE}).")
  private String precision;

  @Option(
      names = "--no-flash",
      description = "Attention writes its scores, instead of never holding them.")
  private boolean noFlash;

  @Option(
      names = "--zero",
      paramLabel = "0..3",
      defaultValue = "0",
      description = "ZeRO stage: what replicas share (default: ${DEFAULT-VALUE}).")
  private int zero;

  @Option(
      names = "--offload",
      paramLabel = "WHAT",
      defaultValue = "none",
      description = "What the host keeps: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Offload offload;

  @Option(
      names = "--checkpointing",
      paramLabel = "WHAT",
      defaultValue = "none",
      description = "What is computed again: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Checkpointing checkpointing;

  @Option(
      names = "--checkpoint-layers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Layers of one segment under full checkpointing (default: ${DEFAULT-VALUE}).")
  private int layersPerCheckpoint;

  /**
   * @throws dev.ridgepoint.estimator.input.InvalidInputException if something does not fit together
   */
  public MemoryOptions memoryOptions() {
    return new MemoryOptions(
        TrainingPrecision.named("--train-dtype", precision),
        Optimizer.named("--optimizer", optimizer),
        zeroStage(),
        offload,
        checkpointing,
        layersPerCheckpoint,
        !noFlash);
  }

  private ZeroStage zeroStage() {
    return ZeroStage.numbered(zero)
        .orElseThrow(() -> new InvalidInputException("--zero", "must lie in 0..3, but is " + zero));
  }
}
