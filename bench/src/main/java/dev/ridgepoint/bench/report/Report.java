package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.explorer.Explorer;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.OperationPrediction;
import dev.ridgepoint.estimator.time.Prediction;
import dev.ridgepoint.estimator.time.Predictor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the report says, in numbers; JSON, and through it page and charts, and the
 * terminal's table are views of it.
 *
 * @param points at least one, numbered from 1: most threads first, decode before prefill, then by
 *     batch, context and new tokens
 * @param explorer what other shapes, formats and machines would take
 * @param techniques of serving that were run beside their predictions; none where that was not
 *     asked for
 * @param warnings those of the machine first, then the points' in their order, then the run's
 */
public record Report(
    Machine machine,
    ModelSummary model,
    Run run,
    List<Point> points,
    Explorer explorer,
    List<Technique> techniques,
    List<Warning> warnings) {

  /** The engine multiplies in F32, whatever the storage format. */
  public static final String COMPUTE_DTYPE = "F32";

  private static final Comparator<MeasuredPoint> ORDER =
      Comparator.comparingInt((MeasuredPoint point) -> -point.threads())
          .thenComparing(point -> point.phase() == Phase.PREFILL)
          .thenComparingInt(MeasuredPoint::batch)
          .thenComparingInt(MeasuredPoint::context)
          .thenComparingInt(MeasuredPoint::newTokens);

  public Report {
    points = List.copyOf(points);
    techniques = List.copyOf(techniques);
    warnings = List.copyOf(warnings);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a report needs at least one point");
    }
  }

  /**
   * The report on measured steps. A pure function: what it says follows from what it is given.
   *
   * @param machine with peaks and bandwidths for every number of threads among the points
   * @param formats how the measured model was stored
   * @param measured at least one point, in any order
   * @param explorer of the same machine and model
   * @throws IllegalArgumentException if the machine was not measured with a point's threads
   */
  public static Report of(
      Machine machine,
      Architecture architecture,
      DataFormats formats,
      List<MeasuredPoint> measured,
      Explorer explorer,
      Run run) {
    ModelSummary model = ModelSummary.of(architecture, formats);
    Machine roofs = MemoryLevel.machineHolding(machine, model.weightBytes());
    List<Point> points = new ArrayList<>();
    for (MeasuredPoint point : measured.stream().sorted(ORDER).toList()) {
      Predictor predictor =
          new Predictor(
              roofs, point.kernels(), COMPUTE_DTYPE, point.threads(), architecture, formats);
      MemoryLevel memory =
          MemoryLevel.holding(MemoryLevel.of(machine, point.threads()), model.weightBytes());
      points.add(point(points.size() + 1, point, predictor, memory));
    }
    return new Report(
        machine, model, run, points, explorer, List.of(), Warnings.of(model, run, points));
  }

  /** The same with techniques. */
  public Report withTechniques(List<Technique> others) {
    return new Report(machine, model, run, points, explorer, others, warnings);
  }

  /** The verdict in one sentence. */
  public String summary() {
    return Verdict.of(this);
  }

  /** The points by the roofs that they share, in the order of the points. */
  List<Panel> panels() {
    Map<Integer, List<Point>> groups = new LinkedHashMap<>();
    points.forEach(p -> groups.computeIfAbsent(p.threads(), _ -> new ArrayList<>()).add(p));
    List<Panel> panels = new ArrayList<>();
    groups.forEach(
        (threads, group) -> {
          Point any = group.getFirst();
          List<MemoryLevel> levels = MemoryLevel.of(machine, threads);
          panels.add(new Panel(threads, any.roofline(), any.memory(), levels, group));
        });
    return panels;
  }

  /** The points with the one furthest below its roof first: the next thing to improve. */
  List<Point> pointsByFractionOfRoof() {
    return points.stream().sorted(Comparator.comparingDouble(Point::fractionOfRoof)).toList();
  }

  /** A warning with the name of what it is about, where that is a point. */
  String sentence(Warning warning) {
    return warning.point().isPresent()
        ? named(points.get(warning.point().getAsInt() - 1)) + " " + warning.text()
        : warning.text();
  }

  private static String named(Point point) {
    return "Point " + point.number() + " (" + Describe.step(point) + ")";
  }

  private static Point point(
      int number, MeasuredPoint measured, Predictor predictor, MemoryLevel memory) {
    Step.Sequence sequence = new Step.Sequence(measured.newTokens(), measured.context(), 1);
    Step step = new Step(Collections.nCopies(measured.batch(), sequence));
    Roofline roofline = predictor.roofline();
    Map<String, List<Prediction>> byName = new LinkedHashMap<>();
    for (OperationPrediction each : predictor.operations(step)) {
      byName
          .computeIfAbsent(each.operation().name(), _ -> new ArrayList<>())
          .add(each.prediction());
    }
    List<NamedPrediction> operations =
        byName.entrySet().stream()
            .map(each -> new NamedPrediction(each.getKey(), sum(each.getValue(), roofline)))
            .toList();
    return new Point(number, measured, roofline, memory, predictor.step(step), operations);
  }

  /** One operation over all layers; unlike a whole step's, its bound is the sum of theirs. */
  private static Prediction sum(List<Prediction> layers, Roofline roofline) {
    Cost total = layers.stream().map(Prediction::cost).reduce(Cost.ZERO, Cost::plus);
    Roofline.Bound boundBy = roofline.boundBy(total);
    boolean calibrated = layers.stream().allMatch(p -> p.calibrated().isPresent());
    return new Prediction(
        total,
        layers.stream().mapToDouble(Prediction::boundSeconds).sum(),
        boundBy,
        calibrated
            ? layers.stream()
                .map(p -> p.calibrated().get())
                .reduce((sum, next) -> sum.then(next, boundBy))
            : Optional.empty());
  }
}
