package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.serving.Efficiency;

/** What is said of the assumption that separates an estimate from a bound. */
public final class EfficiencyNote {
  private EfficiencyNote() {}

  /** One line. */
  public static String of(Efficiency efficiency) {
    return "assumed: %s of the peak, %s of the bandwidth, %s per operation, %s per message round"
        .formatted(
            Format.SHARE.brief(efficiency.flopsUtilization()),
            Format.SHARE.brief(efficiency.bandwidthUtilization()),
            Units.seconds(efficiency.operationSeconds()),
            Units.seconds(efficiency.hopSeconds()));
  }
}
