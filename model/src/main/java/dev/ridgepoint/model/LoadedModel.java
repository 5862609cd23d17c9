package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.lang.foreign.Arena;

/**
 * A config with its weights in memory, from which any number of decoders can be made. While they
 * are loaded the engine's kernels are compiled, for caches of F32: see {@link BackgroundWarmUp}.
 */
public final class LoadedModel implements AutoCloseable {
  private final Architecture architecture;
  private final Arena arena;
  private final Weights weights;
  private final boolean hasCompiledKernels;

  private LoadedModel(
      Architecture architecture,
      WeightSource source,
      MatrixTypes types,
      Workers workers,
      Weights.Progress progress) {
    this.architecture = architecture;
    arena = new HugePageArena();
    BackgroundWarmUp warmUp = new BackgroundWarmUp(architecture, types.all(), DType.F32);
    try (warmUp) {
      weights = Weights.load(architecture, source, types, arena, workers, progress);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
    hasCompiledKernels = warmUp.isDone();
  }

  /**
   * Loads weights from wherever they come.
   *
   * @param architecture may have fewer layers than the source
   * @param types what matrices are packed as
   */
  public static LoadedModel load(
      Architecture architecture,
      WeightSource source,
      MatrixTypes types,
      Workers workers,
      Weights.Progress progress) {
    return new LoadedModel(architecture, source, types, workers, progress);
  }

  /**
   * Loads a checkpoint, which may be closed afterwards.
   *
   * @param types what matrices are packed as
   */
  public static LoadedModel load(
      Checkpoint checkpoint, MatrixTypes types, Workers workers, Weights.Progress progress) {
    WeightSource source = new CheckpointWeights(checkpoint);
    return new LoadedModel(checkpoint.architecture(), source, types, workers, progress);
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
    return new LoadedModel(
        architecture, new SyntheticWeights(seed), MatrixTypes.all(dtype), workers, progress);
  }

  /**
   * Packs weights from anywhere.
   *
   * @param types what matrices are packed as
   */
  public static LoadedModel of(
      Architecture architecture,
      WeightSource source,
      MatrixTypes types,
      Workers workers,
      Weights.Progress progress) {
    return new LoadedModel(architecture, source, types, workers, progress);
  }

  public Architecture architecture() {
    return architecture;
  }

  /**
   * Whether the kernels of long prompts, and of steps of one sequence with a cache of F32, were
   * compiled while the weights were loaded. If loading a small model took too little time for it,
   * the first steps take many times as long as later ones.
   */
  public boolean hasCompiledKernels() {
    return hasCompiledKernels;
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
