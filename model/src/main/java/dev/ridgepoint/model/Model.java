package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.BackgroundWarmUp;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * A config with its weights in memory, from which any number of decoders can be made. While they
 * are loaded the engine's kernels are compiled, for caches of F32: see {@link BackgroundWarmUp}.
 */
public final class Model implements AutoCloseable {
  private final ModelConfig config;
  private final Arena arena;
  private final DecoderWeights weights;

  private Model(
      ModelConfig config,
      WeightSource source,
      DType dtype,
      Workers workers,
      DecoderWeights.Progress progress) {
    this.config = config;
    arena = new HugePageArena();
    int group = config.numAttentionHeads() / config.numKeyValueHeads();
    try (var _ = new BackgroundWarmUp(dtype, DType.F32, group, config.headDim())) {
      weights = DecoderWeights.load(config, source, dtype, arena, workers, progress);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Loads a checkpoint, which may be closed afterwards.
   *
   * @param dtype what matrices are stored as; quantised ones need rows of whole blocks
   */
  public static Model load(
      Checkpoint checkpoint, DType dtype, Workers workers, DecoderWeights.Progress progress) {
    WeightSource source = new CheckpointWeights(checkpoint);
    return new Model(checkpoint.config(), source, dtype, workers, progress);
  }

  /**
   * Draws weights of the config's shapes from {@code seed}; see {@link SyntheticWeights}.
   *
   * @param dtype what matrices are stored as; quantised ones need rows of whole blocks
   */
  public static Model synthetic(
      ModelConfig config,
      long seed,
      DType dtype,
      Workers workers,
      DecoderWeights.Progress progress) {
    return new Model(config, new SyntheticWeights(seed), dtype, workers, progress);
  }

  /** The type that all of a checkpoint's matrices have, if it is BF16 or F16; else F32. */
  public static DType exactType(Checkpoint checkpoint) {
    List<DType> types =
        checkpoint
            .layout()
            .tensors()
            .filter(spec -> spec.shape().size() == 2)
            .map(checkpoint::dtype)
            .distinct()
            .toList();
    boolean narrow = types.equals(List.of(DType.BF16)) || types.equals(List.of(DType.F16));
    return narrow ? types.getFirst() : DType.F32;
  }

  public ModelConfig config() {
    return config;
  }

  /**
   * A decoder on these weights, which must stay open as long as it is used.
   *
   * @param kvType how its caches store keys and values: F32 or BF16
   */
  public Decoder decoder(DType kvType, Workers workers, Meter meter) {
    return new Decoder(config, weights, kvType, workers, meter);
  }

  /** Frees the weights. */
  @Override
  public void close() {
    arena.close();
  }
}
