package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

/**
 * The choices that decide how much memory training takes.
 *
 * @param precision bytes of weights, gradients, master weights and activations
 * @param optimizer what is remembered between steps
 * @param zero what data-parallel ranks share
 * @param offload what the host keeps
 * @param checkpointing what is computed again
 * @param layersPerCheckpoint layers of one segment under full checkpointing
 * @param flashAttention whether attention never writes its scores
 */
public record MemoryOptions(
    TrainingPrecision precision,
    Optimizer optimizer,
    ZeroStage zero,
    Offload offload,
    Checkpointing checkpointing,
    int layersPerCheckpoint,
    boolean flashAttention) {

  /** Mixed bf16 with AdamW and flash attention, nothing shared, offloaded or recomputed. */
  public static final MemoryOptions DEFAULT =
      new MemoryOptions(
          TrainingPrecision.MIXED_BF16,
          Optimizer.ADAMW,
          ZeroStage.NONE,
          Offload.NONE,
          Checkpointing.NONE,
          1,
          true);

  public MemoryOptions {
    requirePositive("memory", "layersPerCheckpoint", layersPerCheckpoint);
    require(
        offload != Offload.EVERYTHING || zero == ZeroStage.WEIGHTS,
        "memory",
        "offload",
        offload,
        "of weights needs ZeRO-3");
  }

  /** The same in another precision. */
  public MemoryOptions with(TrainingPrecision other) {
    return new MemoryOptions(
        other, optimizer, zero, offload, checkpointing, layersPerCheckpoint, flashAttention);
  }

  /** The same with another optimizer. */
  public MemoryOptions with(Optimizer other) {
    return new MemoryOptions(
        precision, other, zero, offload, checkpointing, layersPerCheckpoint, flashAttention);
  }

  /** The same with another ZeRO stage. */
  public MemoryOptions with(ZeroStage other) {
    return new MemoryOptions(
        precision, optimizer, other, offload, checkpointing, layersPerCheckpoint, flashAttention);
  }

  /** The same with another offload. */
  public MemoryOptions with(Offload other) {
    return new MemoryOptions(
        precision, optimizer, zero, other, checkpointing, layersPerCheckpoint, flashAttention);
  }

  /** The same with other checkpointing, in segments of {@code layers} if it is full. */
  public MemoryOptions with(Checkpointing other, int layers) {
    return new MemoryOptions(precision, optimizer, zero, offload, other, layers, flashAttention);
  }

  /** The same with or without flash attention. */
  public MemoryOptions withFlashAttention(boolean flash) {
    return new MemoryOptions(
        precision, optimizer, zero, offload, checkpointing, layersPerCheckpoint, flash);
  }
}
