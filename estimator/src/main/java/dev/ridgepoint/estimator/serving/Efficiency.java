package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.requireNotNegative;
import static dev.ridgepoint.estimator.input.Checks.requireShare;

import dev.ridgepoint.estimator.hardware.Roofline;

/**
 * How near to a datasheet software comes. Measure your own where you can: these numbers are what
 * separates a bound from an estimate.
 *
 * @param flopsUtilization MFU, the share of the peak that compute-bound work reaches
 * @param bandwidthUtilization MBU, the share of the bandwidth that memory-bound work reaches
 * @param hopSeconds latency of one round of a collective between devices of a node, software
 *     included
 */
public record Efficiency(double flopsUtilization, double bandwidthUtilization, double hopSeconds) {

  /**
   * MFU 0.542: a model of 530 billion parameters in training with tensor parallelism on A100
   * (Korthikanti et al. 2022, arXiv:2205.05198, abstract); the best published prefill is 0.76 (Pope
   * et al. 2022, arXiv:2211.05102, abstract: PaLM 540B on TPU v4). MBU 0.685: Llama-2-7B at batch 1
   * reads 1,397.31 of an A100's 2,039 GB/s (gpt-fast, README, "Benchmarks"). 1.6 microseconds per
   * round: what the same table leaves to each of the 160 all-reduces of 14 rounds that a token of
   * Llama-2-70B takes on eight A100, at 62.5 tokens/s.
   */
  public static final Efficiency PUBLISHED = new Efficiency(0.542, 1397.31 / 2039, 1.6e-6);

  /** The datasheet itself: a bound that nothing passes. */
  public static final Efficiency BOUND = new Efficiency(1, 1, 0);

  public Efficiency {
    requireShare("efficiency", "flopsUtilization", flopsUtilization);
    requireShare("efficiency", "bandwidthUtilization", bandwidthUtilization);
    requireNotNegative("efficiency", "hopSeconds", hopSeconds);
  }

  /** The roofline that software reaches under that of a datasheet. */
  public Roofline reached(Roofline datasheet) {
    return new Roofline(
        datasheet.peakFlopsPerSecond() * flopsUtilization,
        datasheet.bytesPerSecond() * bandwidthUtilization);
  }
}
