package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * A config with its weights in memory, from which any number of decoders can be made. While they
 * are loaded the engine's kernels are compiled, for caches of F32: see {@link BackgroundWarmUp}.
 */
public final class LoadedModel implements AutoCloseable {
  private final Architecture architecture;
  private final Arena arena;
  private final Weights weights;

  private LoadedModel(
      Architecture architecture,
      WeightSource source,
      DType dtype,
      Workers workers,
      Weights.Progress progress) {
    this.architecture = architecture;
    arena = new HugePageArena();
    try (var _ = new BackgroundWarmUp(architecture, dtype, DType.F32)) {
      weights = Weights.load(architecture, source, dtype, arena, workers, progress);
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
  public static LoadedModel load(
      Checkpoint checkpoint, DType dtype, Workers workers, Weights.Progress progress) {
    WeightSource source = new CheckpointWeights(checkpoint);
    return new LoadedModel(checkpoint.architecture(), source, dtype, workers, progress);
  }

  /**
   * Draws weights of the config's shapes from {@code seed}; see {@link SyntheticWeights}.
   *
   * @param dtype what matrices are stored as; quantised ones need rows of whole blocks
   */
  public static LoadedModel synthetic(
      Architecture architecture,
      long seed,
      DType dtype,
      Workers workers,
      Weights.Progress progress) {
    return new LoadedModel(architecture, new SyntheticWeights(seed), dtype, workers, progress);
  }

  /** The type that all of a checkpoint's matrices have, if it is BF16 or F16; else F32. */
  public static DType exactType(Checkpoint checkpoint) {
    List<DType> types =
        checkpoint
            .layout()
            .tensors()
            .filter(TensorSpec::isMatrix)
            .map(checkpoint::dtype)
            .distinct()
            .toList();
    boolean narrow = types.equals(List.of(DType.BF16)) || types.equals(List.of(DType.F16));
    return narrow ? types.getFirst() : DType.F32;
  }

  public Architecture architecture() {
    return architecture;
  }

  /**
   * A decoder on these weights, which must stay open as long as it is used.
   *
   * @param kvType how its caches store keys and values: F32 or BF16
   */
  public Program program(DType kvType, Workers workers, Meter meter) {
    return new Program(weights, kvType, workers, meter);
  }

  /** Frees the weights. */
  @Override
  public void close() {
    arena.close();
  }
}
