package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.SyntheticTypes;
import dev.ridgepoint.bench.calibration.Calibrator;
import dev.ridgepoint.bench.calibration.Shapes;
import dev.ridgepoint.bench.calibration.TimedKernels;
import dev.ridgepoint.bench.run.JmhMeasurement.Repetition;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.MatrixTypes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Measures the steps of one model with JMH, right after their kernels, and keeps both. */
final class StepBench implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** For each shape of a heavy kernel, each time that a point is measured. */
  private static final Duration KERNEL_TIME = Duration.ofMillis(75);

  private final MeasurementStore store;
  private final JmhPoints points;
  private final Architecture architecture;
  private final MatrixTypes types;
  private final DType kvType;
  private final String machine;
  private final String code;
  private final ToDoubleFunction<PlannedPoint> boundSeconds;
  private final Calibrator calibrator;

  /**
   * @param machine all of the machine that a measurement depends on
   * @param boundSeconds the least time that a step can take
   */
  StepBench(
      MeasurementStore store,
      JmhPoints points,
      Architecture architecture,
      MatrixTypes types,
      DType kvType,
      String machine,
      ToDoubleFunction<PlannedPoint> boundSeconds)
      throws IOException {
    this.store = store;
    this.points = points;
    this.architecture = architecture;
    this.types = types;
    this.kvType = kvType;
    this.machine = machine;
    this.boundSeconds = boundSeconds;
    code = CodeFingerprint.of(StepBench.class);
    calibrator = new Calibrator(architecture, types, KERNEL_TIME);
  }

  /** JMH's results for a point, the oldest first. */
  List<JsonNode> known(PlannedPoint point) throws IOException {
    return store.find(stepKey(point));
  }

  /** Every kernel of a point each time that it was timed; none if their file was lost. */
  TimedKernels kernels(PlannedPoint point) throws IOException {
    TimedKernels all = TimedKernels.NONE;
    for (JsonNode known : store.find(kernelsKey(point))) {
      all = all.and(JSON.treeToValue(known, TimedKernels.class));
    }
    return all;
  }

  /** Measures a point and its kernels, as {@link Campaign.Bench} has it. */
  void measure(PlannedPoint point, int samples, double secondsLeft, boolean withKernels)
      throws IOException {
    long start = System.nanoTime();
    Optional<TimedKernels> kernels =
        withKernels
            ? Optional.of(calibrator.time(point.threads(), shapes(point)))
            : Optional.empty();
    JsonNode result =
        JmhMeasurement.measure(
            JmhPoints.benchmark(point),
            points.parameters(point),
            Repetition.of(samples, boundSeconds.applyAsDouble(point)),
            secondsLeft - (System.nanoTime() - start) / 1e9);
    if (kernels.isPresent()) {
      store.add(kernelsKey(point), JSON.valueToTree(kernels.get()));
    }
    store.add(stepKey(point), result);
  }

  private Shapes shapes(PlannedPoint point) {
    return new Shapes(
        new TreeSet<>(Set.of(point.batch() * point.newTokens())),
        new TreeSet<>(Set.of(point.batch())),
        List.of(new Shapes.Attention(point.batch(), point.newTokens(), point.context(), kvType)));
  }

  /** A file of the same name may come to hold another model, or another mix of formats. */
  private MeasurementKey stepKey(PlannedPoint point) {
    SortedMap<String, String> parameters = new TreeMap<>(points.parameters(point));
    if (parameters.containsValue(SyntheticTypes.STORED)) {
      parameters.put("stored", types.name() + " " + weightBytes());
    }
    return new MeasurementKey(JmhPoints.benchmark(point), parameters, machine, code);
  }

  private String weightBytes() {
    return Long.toString(types.formats().storedBytes(architecture));
  }

  private MeasurementKey kernelsKey(PlannedPoint point) {
    Map<String, String> parameters =
        Map.of(
            "model", architecture.toString(),
            "dtype", types.name(),
            "kvDtype", kvType.name(),
            "weightBytes", weightBytes(),
            "point", point.toString());
    return new MeasurementKey("step.kernels", new TreeMap<>(parameters), machine, code);
  }

  /** Gives the memory of kernels' weights back, until kernels are timed again. */
  void releaseWeights() {
    calibrator.close();
  }

  @Override
  public void close() {
    calibrator.close();
  }
}
