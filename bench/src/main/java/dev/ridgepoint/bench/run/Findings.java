package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.calibration.TimedKernels;
import dev.ridgepoint.bench.calibration.TimedKernels.Reads;
import dev.ridgepoint.bench.report.MeasuredPoint;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What measured points tell.
 *
 * @param roofs the machine's, raised to what reads beside the points reached
 * @param calibration the kernels of all points, as fast as they are in memory at its best
 */
record Findings(Machine roofs, KernelCalibration calibration, List<MeasuredPoint> points) {

  /**
   * @param machine as it was probed
   * @param results JMH's for each point
   * @param steps which kept the kernels
   */
  static Findings of(Machine machine, Map<PlannedPoint, List<JsonNode>> results, StepBench steps)
      throws IOException {
    Machine roofs = machine;
    for (Map.Entry<PlannedPoint, List<JsonNode>> result : results.entrySet()) {
      roofs =
          roofs.withMemoryAtLeast(
              result.getKey().threads(),
              JmhPoints.bestReadBytesPerSecond(JmhResults.pooled(result.getValue())));
    }
    List<MeasuredPoint> points = new ArrayList<>();
    KernelCalibration calibration = KernelCalibration.NONE;
    for (Map.Entry<PlannedPoint, List<JsonNode>> result : results.entrySet()) {
      PlannedPoint point = result.getKey();
      TimedKernels kernels = steps.kernels(point);
      Roofline best = roofs.roofline(Report.COMPUTE_DTYPE, point.threads());
      points.add(JmhPoints.measured(point, JmhResults.pooled(result.getValue()), kernels));
      calibration = calibration.and(kernels.under(Reads.of(best.bytesPerSecond())));
    }
    return new Findings(roofs, calibration, points);
  }
}
