package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import java.util.Locale;

/**
 * How devices share one training run; there are dataParallel * tensorParallel * pipelineParallel of
 * them.
 *
 * @param dataParallel replicas, each with its own sequences
 * @param tensorParallel devices that share every layer
 * @param pipelineParallel stages of consecutive layers
 * @param sequenceParallel whether the tensor-parallel devices also share, by position, what lies
 *     between the matrices
 * @param chunksPerStage parts of the model on each stage: 1, or more for an interleaved schedule
 */
public record ParallelLayout(
    int dataParallel,
    int tensorParallel,
    int pipelineParallel,
    boolean sequenceParallel,
    int chunksPerStage) {

  /** One device. */
  public static final ParallelLayout SINGLE = new ParallelLayout(1, 1, 1, false, 1);

  public ParallelLayout {
    requirePositive("layout", "dataParallel", dataParallel);
    requirePositive("layout", "tensorParallel", tensorParallel);
    requirePositive("layout", "pipelineParallel", pipelineParallel);
    requirePositive("layout", "chunksPerStage", chunksPerStage);
    require(
        chunksPerStage == 1 || pipelineParallel > 1,
        "layout",
        "chunksPerStage",
        chunksPerStage,
        "must be 1 without a pipeline");
  }

  /** All devices. */
  public int devices() {
    return Math.multiplyExact(Math.multiplyExact(dataParallel, tensorParallel), pipelineParallel);
  }

  /** Parts into which the layers are cut. */
  public int chunks() {
    return Math.multiplyExact(pipelineParallel, chunksPerStage);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "dp %d x tp %d%s x pp %d%s",
        dataParallel,
        tensorParallel,
        sequenceParallel ? " (sequence parallel)" : "",
        pipelineParallel,
        chunksPerStage > 1 ? " (" + chunksPerStage + " chunks)" : "");
  }
}
