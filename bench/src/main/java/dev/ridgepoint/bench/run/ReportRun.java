package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.calibration.Calibrator;
import dev.ridgepoint.bench.calibration.Shapes;
import dev.ridgepoint.bench.calibration.TimedKernels;
import dev.ridgepoint.bench.jmh.JmhLock;
import dev.ridgepoint.bench.probe.Effort;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.MachineStore;
import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.bench.probe.PlainReads;
import dev.ridgepoint.bench.probe.ProbedMachine;
import dev.ridgepoint.bench.report.HtmlReport;
import dev.ridgepoint.bench.report.MeasuredPoint;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.ReportJson;
import dev.ridgepoint.bench.report.Run;
import dev.ridgepoint.bench.report.Warning;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.MemoryEstimate;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Everything behind {@code ridge report}: probes the machine, times its kernels, measures the
 * plan's points, predicts them and writes it all down.
 */
public final class ReportRun {
  private static final Precision KV_FORMAT = Precision.F32;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Settings settings;
  private final Listener listener;
  private final Architecture architecture;
  private final DType dtype;
  private final DataFormats formats;
  private final Host host;
  private final Plan plan;

  /**
   * What the user asks for.
   *
   * @param model a preset, or a folder or file with a config
   * @param dtype storage format of the weight matrices
   * @param request the points to measure
   * @param quick whether a first look is enough
   * @param probe whether to probe the machine even if it is known
   * @param folder where everything is written
   * @param command the command line, to be repeated by a reader
   */
  public record Settings(
      String model,
      String dtype,
      Plan.Request request,
      boolean quick,
      boolean probe,
      Path folder,
      String command) {}

  /** Told what happens. */
  public interface Listener extends Campaign.Progress {
    /** A stage begins that takes a while. */
    void stage(String what);
  }

  /**
   * Checks all that can be checked before anything is measured.
   *
   * @throws InvalidInputException if a setting is bad or the model does not fit into memory
   */
  public ReportRun(Settings settings, Listener listener) {
    this.settings = settings;
    this.listener = listener;
    architecture = ModelSource.runnable(settings.model());
    dtype = EngineFormats.named("--dtype", settings.dtype(), architecture);
    formats = new DataFormats(Precision.named("--dtype", dtype.name()), KV_FORMAT);
    host = Host.current();
    plan = Plan.of(settings.request(), host.physicalCores(), architecture.maxPositions());
    // The process that measures a step has reads of its own, and runs beside this one's kernels.
    long available =
        Host.availableMemoryBytes()
            - Calibrator.memoryBytes(architecture, dtype)
            - PlainReads.WORKING_SET_BYTES;
    for (PlannedPoint point : plan.points()) {
      MemoryEstimate.of(
              architecture, formats, step(point), Math.addExact(point.context(), point.newTokens()))
          .requireFits(settings.model(), available);
    }
  }

  private static Step step(PlannedPoint point) {
    Step.Sequence sequence = new Step.Sequence(point.newTokens(), point.context(), 1);
    return new Step(Collections.nCopies(point.batch(), sequence));
  }

  /**
   * Measures, or reuses what is known, and writes the report's files.
   *
   * @param shown is given the report before it is written: a full disk does not take it away
   * @throws InvalidInputException if the folder cannot be written to; nothing is measured then
   * @throws IOException if another report or JMH measures, when nothing is measured; or if a file
   *     cannot be written
   */
  public void run(Consumer<Report> shown) throws IOException {
    AtomicFiles.requireWritable("--out", settings.folder());
    JmhLock.requireFree();
    try (FolderLock _ = new FolderLock(settings.folder())) {
      measure(shown);
    }
  }

  private void measure(Consumer<Report> shown) throws IOException {
    String code = CodeFingerprint.of(ReportRun.class);
    MeasurementStore store = new MeasurementStore(settings.folder().resolve("measurements"));
    ProbedMachine probed = probe();
    Map<PlannedPoint, JsonNode> results;
    try (Calibrator calibrator = new Calibrator(architecture, dtype, kernelTime())) {
      results = measure(store, code, calibrator);
    }
    if (!settings.quick()) {
      listener.stage("probing the roofs once more");
      probed = probed.again();
    }
    Machine roofs = probed.machine();
    for (Map.Entry<PlannedPoint, JsonNode> result : results.entrySet()) {
      roofs =
          roofs.withMemoryAtLeast(
              result.getKey().threads(), JmhPoints.bestReadBytesPerSecond(result.getValue()));
    }
    List<MeasuredPoint> measured = new ArrayList<>();
    KernelCalibration all = KernelCalibration.NONE;
    for (Map.Entry<PlannedPoint, JsonNode> result : results.entrySet()) {
      TimedKernels kernels = kernels(store, code, result.getKey());
      Roofline best = roofs.roofline(Report.COMPUTE_DTYPE, result.getKey().threads());
      measured.add(JmhPoints.measured(result.getKey(), result.getValue(), kernels));
      all = all.and(kernels.under(best.bytesPerSecond()));
    }
    List<Warning> notes = new ArrayList<>();
    probed.ceilings().notes().forEach(note -> notes.add(Warning.ofMachine(note)));
    store
        .failures()
        .forEach(line -> notes.add(Warning.ofRun("A measurement could not be kept. " + line)));
    Report report = Report.of(roofs, architecture, formats, measured, description(notes));
    shown.accept(report);
    MachineStore machines = new MachineStore(settings.folder());
    machines.put(probed);
    machines.put(host, new MeasuredMachine(roofs, all));
    write(report, results);
  }

  private ProbedMachine probe() throws IOException {
    MachineStore store = new MachineStore(settings.folder());
    Effort effort = settings.quick() ? Effort.QUICK : Effort.FULL;
    Optional<ProbedMachine> known = settings.probe() ? Optional.empty() : store.find(host, effort);
    if (known.isPresent()) {
      listener.stage("machine: as probed before");
      return known.get();
    }
    listener.stage("probing the machine");
    return store.probe(host, effort);
  }

  private Map<PlannedPoint, JsonNode> measure(
      MeasurementStore store, String code, Calibrator calibrator) throws IOException {
    JmhPoints points = new JmhPoints(settings.model(), settings.dtype());
    Campaign campaign =
        new Campaign(
            store,
            point ->
                new MeasurementKey(
                    JmhPoints.benchmark(point),
                    points.parameters(point),
                    repetition(point).toString(),
                    host.toString(),
                    code),
            point -> {
              TimedKernels before = calibrator.time(point.threads(), shapes(point));
              JsonNode result =
                  JmhMeasurement.measure(
                      JmhPoints.benchmark(point), points.parameters(point), repetition(point));
              // After, too, because a shared machine changes from minute to minute.
              TimedKernels after =
                  settings.quick()
                      ? TimedKernels.NONE
                      : calibrator.time(point.threads(), shapes(point));
              store.put(kernelsKey(point, code), JSON.valueToTree(before.and(after)));
              return result;
            });
    return campaign.run(plan, listener);
  }

  private Duration kernelTime() {
    return Duration.ofMillis(settings.quick() ? 75 : 150);
  }

  private static Shapes shapes(PlannedPoint point) {
    return new Shapes(
        new TreeSet<>(Set.of(point.batch() * point.newTokens())),
        new TreeSet<>(Set.of(point.batch())),
        List.of(new Shapes.Attention(point.batch(), point.newTokens(), point.context())));
  }

  private MeasurementKey kernelsKey(PlannedPoint point, String code) {
    return new MeasurementKey(
        "step.kernels",
        new TreeMap<>(
            Map.of(
                "model", architecture.toString(),
                "dtype", dtype.name(),
                "point", point.toString())),
        kernelTime().toString(),
        host.toString(),
        code);
  }

  /** The kernels timed around a point; none if their file was lost. */
  private TimedKernels kernels(MeasurementStore store, String code, PlannedPoint point)
      throws IOException {
    Optional<JsonNode> known = store.find(kernelsKey(point, code));
    return known.isPresent()
        ? JSON.treeToValue(known.get(), TimedKernels.class)
        : TimedKernels.NONE;
  }

  private JmhMeasurement.Repetition repetition(PlannedPoint point) {
    if (settings.quick()) {
      return JmhMeasurement.Repetition.QUICK;
    }
    long flops =
        OperationList.total(
                OperationList.of(
                    architecture, ForwardOptions.of(formats, step(point)), step(point)))
            .flops();
    return JmhMeasurement.Repetition.full((double) flops / point.threads());
  }

  private Run description(List<Warning> notes) {
    return new Run(
        settings.model(),
        settings.command(),
        host.cores().text(),
        Instant.now(),
        host.jdk(),
        host.jvmFlags(),
        notes,
        Optional.empty());
  }

  private void write(Report report, Map<PlannedPoint, JsonNode> results) throws IOException {
    Path folder = settings.folder();
    ArrayNode jmh = JSON.createArrayNode();
    results.values().forEach(jmh::add);
    AtomicFiles.write(
        folder.resolve("jmh.json"), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(jmh));
    AtomicFiles.write(folder.resolve("report.json"), ReportJson.render(report));
    AtomicFiles.write(folder.resolve("roofline.svg"), HtmlReport.rooflineSvg(report));
    AtomicFiles.write(folder.resolve("report.html"), HtmlReport.render(report));
  }
}
