package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.training.Inputs.requirePositive;

/**
 * How much of the devices' peak a run used. Source: Chowdhery et al. 2022, arXiv:2204.02311,
 * section 4.1: MFU counts what the model needs, HFU also what is computed a second time.
 */
public final class Utilization {
  private Utilization() {}

  /**
   * FLOPs over what the devices could have done in that time. MFU with model FLOPs, HFU with
   * hardware FLOPs.
   *
   * @param peakFlopsPerSecond of one device, dense, in the precision of the matrices
   * @return above 1 if the inputs contradict each other
   */
  public static double of(double flops, long devices, double peakFlopsPerSecond, double seconds) {
    requirePositive("utilization", "flops", flops);
    requirePositive("utilization", "devices", devices);
    requirePositive("utilization", "peakFlopsPerSecond", peakFlopsPerSecond);
    requirePositive("utilization", "seconds", seconds);
    return flops / (devices * peakFlopsPerSecond * seconds);
  }
}
