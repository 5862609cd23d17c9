package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.calibration.TimedKernels;
import dev.ridgepoint.bench.calibration.TimedKernels.Reads;
import dev.ridgepoint.bench.jmh.CliffsProfiler;
import dev.ridgepoint.bench.jmh.DecodeBenchmark;
import dev.ridgepoint.bench.jmh.PrefillBenchmark;
import dev.ridgepoint.bench.jmh.ReadsProfiler;
import dev.ridgepoint.bench.report.MeasuredPoint;
import dev.ridgepoint.bench.report.Phase;
import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The benchmark and its parameters that measure a point, and back from its result. */
final class JmhPoints {
  private final String model;
  private final String dtype;
  private final String kvDtype;

  /**
   * @param model as the benchmarks take it: a preset, or a path of a config
   * @param dtype storage format of the weight matrices
   * @param kvDtype of cached keys and values
   */
  JmhPoints(String model, String dtype, String kvDtype) {
    this.model = model;
    this.dtype = dtype;
    this.kvDtype = kvDtype;
  }

  /** Class and method. */
  static String benchmark(PlannedPoint point) {
    return switch (point.phase()) {
      case PREFILL -> PrefillBenchmark.class.getCanonicalName() + ".prefill";
      case DECODE -> DecodeBenchmark.class.getCanonicalName() + ".decode";
    };
  }

  /** A value for each of the benchmark's parameters. */
  SortedMap<String, String> parameters(PlannedPoint point) {
    SortedMap<String, String> parameters = new TreeMap<>();
    parameters.put("model", model);
    parameters.put("dtype", dtype);
    parameters.put("kvDtype", kvDtype);
    parameters.put("threads", Integer.toString(point.threads()));
    if (point.phase() == Phase.PREFILL) {
      parameters.put("prompt", Integer.toString(point.newTokens()));
    } else {
      parameters.put("batch", Integer.toString(point.batch()));
      parameters.put("context", Integer.toString(point.context()));
    }
    return parameters;
  }

  /** The point with its time, and its kernels as fast as they are in the memory that it met. */
  static MeasuredPoint measured(PlannedPoint point, JsonNode result, TimedKernels kernels) {
    Reads reads = readsWhileTypical(result);
    JmhScore score = JmhScore.of(result);
    return new MeasuredPoint(
        point.phase(),
        point.threads(),
        point.batch(),
        point.newTokens(),
        point.context(),
        score.seconds(),
        score.secondsError(),
        score.samples(),
        kernels.under(reads),
        reads.typical(),
        cliffs(result));
  }

  private static Reads readsWhileTypical(JsonNode result) {
    DoubleSummaryStatistics gigabytes = JmhScore.whileTypical(result, reads(result));
    return new Reads(
        gigabytes.getAverage() * 1e9, gigabytes.getMin() * 1e9, gigabytes.getMax() * 1e9);
  }

  /** The greatest bandwidth that plain reads got between the iterations of a point. */
  static double bestReadBytesPerSecond(JsonNode result) {
    return JmhScore.greatest(reads(result)) * 1e9;
  }

  /** A note for each operation that the JVM compiled badly while the point was measured. */
  static List<String> cliffs(JsonNode result) {
    List<String> warnings = new ArrayList<>();
    for (Map.Entry<String, JsonNode> metric : result.required("secondaryMetrics").properties()) {
      double score = metric.getValue().path("score").asDouble();
      after(CliffsProfiler.ALLOCATES, metric.getKey())
          .map(name -> name + " allocated " + Units.bytes(score) + " in every call")
          .or(
              () ->
                  after(CliffsProfiler.SLOWER, metric.getKey())
                      .map(name -> name + " came to take " + Units.times(score) + " as long"))
          .ifPresent(
              cliff ->
                  warnings.add(
                      ("tells nothing of what the engine can do, because the JVM compiled a kernel"
                              + " badly: %s.")
                          .formatted(cliff)));
    }
    return warnings;
  }

  private static Optional<String> after(String prefix, String label) {
    return label.startsWith(prefix)
        ? Optional.of(label.substring(prefix.length()))
        : Optional.empty();
  }

  private static JsonNode reads(JsonNode result) {
    return result.required("secondaryMetrics").required(ReadsProfiler.NAME);
  }
}
