package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.EngineMemory;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.SyntheticTypes;
import dev.ridgepoint.bench.calibration.Calibrator;
import dev.ridgepoint.bench.jmh.JmhLock;
import dev.ridgepoint.bench.probe.Effort;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.MachineStore;
import dev.ridgepoint.bench.probe.PlainReads;
import dev.ridgepoint.bench.probe.ProbedMachine;
import dev.ridgepoint.bench.report.Progress;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.techniques.TechniqueRun;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.MatrixTypes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Everything behind {@code ridge report}: probes the machine, measures the plan's points and their
 * kernels from coarse to fine while its time lasts, and writes it all down again and again.
 */
public final class ReportRun {
  /** Of techniques at most, however long the report may take. */
  private static final Duration MOST_TECHNIQUES_TIME = Duration.ofMinutes(2);

  /** Of a measurement before its first step, until one was made. */
  private static final double SET_UP_SECONDS = 8;

  private final Settings settings;
  private final ReportListener listener;
  private final Architecture architecture;
  private final MatrixTypes types;
  private final DType kvType;
  private final DataFormats formats;
  private final Host host;
  private final Plan plan;
  private final Reporter reporter;
  private final Optional<TechniqueRun> techniques;
  private MeasurementStore store;
  private ProbedMachine probed;

  /**
   * What the user asks for.
   *
   * @param model a preset, or a folder or file with a config
   * @param dtype storage format of the weight matrices, or {@link SyntheticTypes#STORED}
   * @param kvDtype storage format of cached keys and values; techniques name their own
   * @param request the points to measure
   * @param time that the run may take
   * @param probe whether to probe the machine even if it is known
   * @param techniques whether to run the techniques of serving, too
   * @param folder where everything is written
   * @param command the command line, to be repeated by a reader
   */
  public record Settings(
      String model,
      String dtype,
      String kvDtype,
      Plan.Request request,
      Duration time,
      boolean probe,
      boolean techniques,
      Path folder,
      String command) {}

  /**
   * Checks all that can be checked before anything is measured.
   *
   * @throws InvalidInputException if a setting is bad or the model does not fit into memory
   */
  public ReportRun(Settings settings, ReportListener listener) {
    this.settings = settings;
    this.listener = listener;
    architecture = ModelSource.runnable(settings.model());
    types = SyntheticTypes.of("--dtype", settings.dtype(), settings.model(), architecture);
    kvType = EngineFormats.ofKeysAndValues("--kv-dtype", settings.kvDtype(), architecture);
    formats = new DataFormats(types.formats(), Precision.named("--kv-dtype", kvType.name()));
    host = Host.current();
    plan = Plan.of(settings.request(), host.physicalCores(), architecture.maxPositions());
    reporter = new Reporter(settings, architecture, formats, host, plan);
    // The process that measures a step has reads of its own, and runs beside this one's kernels.
    long available =
        Host.availableMemoryBytes()
            - Calibrator.memoryBytes(architecture, types)
            - PlainReads.WORKING_SET_BYTES;
    for (PlannedPoint point : plan.points()) {
      EngineMemory.of(
              architecture, formats, step(point), Math.addExact(point.context(), point.newTokens()))
          .requireFits(settings.model(), available);
    }
    techniques =
        settings.techniques()
            ? Optional.of(new TechniqueRun(subject(), Host.availableMemoryBytes()))
            : Optional.empty();
  }

  private TechniqueRun.Subject subject() {
    int threads = plan.points().stream().mapToInt(PlannedPoint::threads).max().orElseThrow();
    return new TechniqueRun.Subject(settings.model(), architecture, types, kvType, threads);
  }

  private static Step step(PlannedPoint point) {
    Step.Sequence sequence = new Step.Sequence(point.newTokens(), point.context(), 1);
    return new Step(Collections.nCopies(point.batch(), sequence));
  }

  /**
   * Measures while there is time, and writes the report's files again and again.
   *
   * @throws InvalidInputException if the folder cannot be written to; nothing is measured then
   * @throws IOException if another report or JMH measures, when nothing is measured; if no point
   *     can be measured; or if a file cannot be written
   */
  public void run() throws IOException {
    AtomicFiles.requireWritable("--out", settings.folder());
    JmhLock.requireFree();
    try (FolderLock _ = new FolderLock(settings.folder());
        Interruption interruption = new Interruption()) {
      measure(interruption);
    }
  }

  private void measure(Interruption interruption) throws IOException {
    Budget budget = new Budget(settings.time(), System::nanoTime);
    store = new MeasurementStore(settings.folder().resolve("measurements"));
    probed = probe();
    JmhPoints points =
        new JmhPoints(settings.model(), settings.dtype(), EngineFormats.name(kvType));
    try (StepBench steps =
        new StepBench(
            store, points, architecture, types, kvType, host.toString(), this::boundSeconds)) {
      Campaign campaign =
          new Campaign(
              plan,
              new Costs(this::boundSeconds, SET_UP_SECONDS),
              budget,
              interruption::isRequested,
              bench(steps));
      campaign.run(new Watcher(steps));
      if (!campaign.results().isEmpty()) {
        Findings findings = findings(campaign, steps);
        steps.releaseWeights();
        TechniqueRun.Outcome outcome = techniques(findings, interruption);
        Report report = report(campaign, findings, outcome, Optional.empty());
        listener.ends(report);
        write(campaign, findings, report);
      }
      listener.closes(campaign.results().size(), interruption.isRequested());
    }
  }

  private ProbedMachine probe() throws IOException {
    MachineStore machines = new MachineStore(settings.folder());
    Set<Integer> threads =
        plan.points().stream().map(PlannedPoint::threads).collect(Collectors.toSet());
    if (!settings.probe()) {
      Optional<ProbedMachine> known =
          machines.find(host, Effort.BRIEF).filter(each -> each.isProbedWith(threads));
      if (known.isPresent()) {
        return known.get();
      }
    }
    listener.does("probing the machine");
    return machines.probe(host, Effort.BRIEF, threads);
  }

  private Campaign.Bench bench(StepBench steps) {
    return new Campaign.Bench() {
      @Override
      public List<JsonNode> known(PlannedPoint point) throws IOException {
        return steps.known(point);
      }

      @Override
      public void measure(PlannedPoint point, int samples, double secondsLeft, boolean withKernels)
          throws IOException {
        steps.measure(point, samples, secondsLeft, withKernels);
      }

      @Override
      public void probeRoofs() {
        probed = probed.again();
      }
    };
  }

  /** The roofline's time of a step on the machine as it is known now. */
  private double boundSeconds(PlannedPoint point) {
    List<OperationCost> operations =
        OperationList.of(architecture, ForwardOptions.ofEngine(formats), step(point));
    return MemoryLevel.machineHolding(probed.machine(), formats.weights().storedBytes(architecture))
        .roofline(Report.COMPUTE_DTYPE, point.threads())
        .boundSeconds(OperationList.total(operations));
  }

  /**
   * Writes the report after each thing that was done, and shows it as soon as it says something.
   */
  private final class Watcher implements Campaign.Progress {
    private final StepBench steps;
    private boolean isShown;

    private Watcher(StepBench steps) {
      this.steps = steps;
    }

    @Override
    public void does(String what) {
      listener.does(what);
    }

    @Override
    public void finished(Campaign campaign) throws IOException {
      Set<PlannedPoint> measured = campaign.results().keySet();
      Progress progress =
          new Progress(measured.size(), plan.points().size(), campaign.secondsLeft());
      listener.progress(progress);
      if (measured.isEmpty()) {
        return;
      }
      Findings findings = findings(campaign, steps);
      Report report = report(campaign, findings, TechniqueRun.Outcome.NONE, Optional.of(progress));
      if (!isShown && plan.isSeenBy(measured)) {
        isShown = true;
        listener.firstLook(report);
      }
      try {
        write(campaign, findings, report);
      } catch (IOException e) {
        // As on a full disk, which the last write tells of.
        listener.does("could not write: " + e.getMessage());
      }
    }
  }

  private Findings findings(Campaign campaign, StepBench steps) throws IOException {
    return Findings.of(probed.machine(), campaign.results(), steps);
  }

  private TechniqueRun.Outcome techniques(Findings findings, Interruption interruption) {
    if (techniques.isEmpty() || interruption.isRequested()) {
      return TechniqueRun.Outcome.NONE;
    }
    Duration half = settings.time().dividedBy(2);
    return techniques
        .get()
        .run(
            findings.roofs(),
            half.compareTo(MOST_TECHNIQUES_TIME) < 0 ? half : MOST_TECHNIQUES_TIME,
            interruption::isRequested,
            listener::does);
  }

  private Report report(
      Campaign campaign,
      Findings findings,
      TechniqueRun.Outcome outcome,
      Optional<Progress> progress)
      throws IOException {
    return reporter
        .report(probed, campaign, findings, outcome.leftOut(), store.failures(), progress)
        .withTechniques(outcome.techniques());
  }

  private void write(Campaign campaign, Findings findings, Report report) throws IOException {
    reporter.write(probed, campaign.results().values(), findings, report);
  }
}
