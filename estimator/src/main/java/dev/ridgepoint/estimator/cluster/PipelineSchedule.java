package dev.ridgepoint.estimator.cluster;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One forward, one backward over p stages with m micro-batches, each stage in v chunks. The bubble
 * is what a stage waits: (p - 1) / v micro-batches of work. Source: Narayanan et al. 2021,
 * arXiv:2104.04473, section 2.2, which prints it relative to the work, (p - 1) / (v m); the same
 * for all-forward-all-backward: Huang et al. 2018, arXiv:1811.06965, section 2.3.
 *
 * @param stages p
 * @param microBatches m
 * @param chunksPerStage v, 1 if the schedule is not interleaved
 */
public record PipelineSchedule(int stages, int microBatches, int chunksPerStage) {
  public PipelineSchedule {
    requirePositive("pipeline", "stages", stages);
    requirePositive("pipeline", "microBatches", microBatches);
    requirePositive("pipeline", "chunksPerStage", chunksPerStage);
  }

  /** Idle share of the step: (p - 1) / (v m + p - 1). */
  public double bubbleFraction() {
    double idle = stages - 1.0;
    return idle / ((double) chunksPerStage * microBatches + idle);
  }

  /** Time of the step in units of one micro-batch's work on one stage: m + (p - 1) / v. */
  public double microBatchTimes() {
    return microBatches + (stages - 1.0) / chunksPerStage;
  }

  /** The bubble with its formula. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("p", stages);
    inputs.put("m", microBatches);
    inputs.put("v", chunksPerStage);
    return new Derivation(
        "pipeline bubble",
        bubbleFraction(),
        "",
        "(p - 1) / (v m + p - 1)",
        inputs,
        List.of(),
        "Narayanan et al. 2021, arXiv:2104.04473, section 2.2");
  }
}
