package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.Build;
import dev.ridgepoint.bench.ModelFields;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.MeasuredPeak;
import dev.ridgepoint.bench.run.Interruption;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.training.EngineTrainingMemory;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory;
import dev.ridgepoint.estimator.training.TrainingOperation;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import dev.ridgepoint.model.training.LearningRate;
import dev.ridgepoint.model.training.TokenDataset;
import dev.ridgepoint.model.training.TrainingCheckpoint;
import dev.ridgepoint.model.training.TrainingProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Makes the steps of a run, shows them, and writes what they came to. */
final class TrainingRun {
  /** Until the compiler is done steps take longer: they are not measured. */
  private static final int WARM_UP_STEPS = 5;

  static final String PAGE = "train.html";

  private static final String JSON = "train.json";

  private final NamedModel model;
  private final RunSettings settings;
  private final TrainingBatch shape;
  private final TokenDataset dataset;
  private final TrainingProgram program;
  private final LearningRate learningRate;
  private final OperationTimes times;
  private final Workers workers;
  private final Path out;
  private final List<TrainingStepOperations.Entry> listed;
  private final List<TrainingReport.Step> steps = new ArrayList<>();
  private int madeSteps;
  private int measuredSteps;
  private TrainingReport written;

  TrainingRun(
      NamedModel model,
      RunSettings settings,
      TrainingBatch shape,
      TokenDataset dataset,
      TrainingProgram program,
      LearningRate learningRate,
      OperationTimes times,
      Workers workers,
      Path out) {
    this.model = model;
    this.settings = settings;
    this.shape = shape;
    this.dataset = dataset;
    this.program = program;
    this.learningRate = learningRate;
    this.times = times;
    this.workers = workers;
    this.out = out;
    listed =
        TrainingStepOperations.of(
                model.architecture(), shape, settings.checkpointing(), settings.optimizer().kind())
            .costs(shape);
  }

  /**
   * Makes the steps from {@code first} to the last, with a checkpoint and a report wherever the
   * settings ask for one, and where the run is interrupted.
   *
   * @param tokenizer what goes with the checkpoints
   * @return whether all steps were made
   */
  boolean to(long first, Optional<Path> tokenizer, PrintWriter err) throws IOException {
    steps.addAll(TrainingReport.stepsUntil(out.resolve(JSON), first));
    Optional<Path> folder = tokenizer.map(TrainingRun::folder);
    try (Interruption interruption = new Interruption();
        TrainingProgress progress = new TrainingProgress("training", settings.steps(), err)) {
      for (long step = first; step < settings.steps(); step++) {
        progress.made(step + 1, line(make(step)));
        boolean isLast = interruption.isRequested();
        if (isLast || settings.savesAfter(step + 1)) {
          new TrainingCheckpoint(out, step + 1)
              .write(model.architecture(), program, folder, workers);
          TrainingCheckpoint.deleteOlder(out, settings.keptCheckpoints());
          write();
        }
        if (isLast) {
          return step + 1 == settings.steps();
        }
      }
    }
    return true;
  }

  private static Path folder(Path tokenizer) {
    Path absolute = tokenizer.toAbsolutePath();
    return absolute.toFile().isDirectory() ? absolute : absolute.getParent();
  }

  private TrainingReport.Step make(long step) {
    if (madeSteps++ == WARM_UP_STEPS) {
      times.clear();
      measuredSteps = 0;
    }
    double rate = learningRate.at(step);
    long start = System.nanoTime();
    TrainingProgram.Result result = program.step(dataset.batches(step), rate, settings.clip());
    double seconds = (System.nanoTime() - start) / 1e9;
    measuredSteps++;
    TrainingReport.Step made =
        new TrainingReport.Step(step + 1, result.loss(), result.gradientNorm(), rate, seconds);
    steps.add(made);
    return made;
  }

  private String line(TrainingReport.Step step) {
    return String.format(
        Locale.ROOT,
        "step %,d  loss %.4f  %s  %s",
        step.step(),
        step.loss(),
        Units.tokensPerSecond(tokensPerStep() / step.seconds()),
        Units.flopsPerSecond(flopsPerStep() / step.seconds()));
  }

  private void write() throws IOException {
    written = report();
    AtomicFiles.write(out.resolve(JSON), written.json());
    AtomicFiles.write(out.resolve(PAGE), written.page());
  }

  private long tokensPerStep() {
    return shape.microBatchTokens() * shape.microBatches();
  }

  private double flopsPerStep() {
    return (double) cost().flops();
  }

  private Cost cost() {
    return listed.stream().map(TrainingStepOperations.Entry::cost).reduce(Cost.ZERO, Cost::plus);
  }

  /** What the run has come to, as its files have it: the last step wrote them. */
  TrainingReport written() {
    return written;
  }

  private TrainingReport report() {
    double seconds = medianSeconds();
    double rate = flopsPerStep() / seconds;
    List<TrainingReport.MemoryGroup> memory = memory();
    OptionalDouble peak = MeasuredPeak.flopsPerSecond(workers.size());
    return new TrainingReport(
        Build.name(),
        model.name(),
        ModelFields.of(model.architecture()).orElse(null),
        settings.asGiven(shape),
        tokensPerStep(),
        cost().flops(),
        steps,
        tokensPerStep() / seconds,
        rate,
        peak.isPresent() ? peak.getAsDouble() : null,
        peak.isPresent() ? rate / peak.getAsDouble() : null,
        operations(),
        memory,
        ProcessMemory.of(memory));
  }

  private double medianSeconds() {
    List<TrainingReport.Step> last = steps.subList(steps.size() - measuredSteps, steps.size());
    return last.stream()
        .mapToDouble(TrainingReport.Step::seconds)
        .sorted()
        .skip(last.size() / 2)
        .findFirst()
        .orElse(Double.NaN);
  }

  private List<TrainingReport.OperationTime> operations() {
    Map<String, String> phases = new LinkedHashMap<>();
    for (TrainingStepOperations.Entry entry : listed) {
      TrainingOperation operation = entry.operation();
      phases.put(operation.label(), operation.phase().name().toLowerCase(Locale.ROOT));
    }
    List<TrainingReport.OperationTime> all = new ArrayList<>();
    times
        .totals()
        .forEach(
            (label, total) ->
                all.add(
                    new TrainingReport.OperationTime(
                        label,
                        phases.get(label),
                        total.seconds() / measuredSteps,
                        total.flops() / total.seconds(),
                        total.bytes() / total.seconds())));
    return all;
  }

  private List<TrainingReport.MemoryGroup> memory() {
    TrainingMemory predicted =
        EngineTrainingMemory.of(
            model.architecture(), shape, settings.checkpointing(), settings.optimizer().kind());
    List<TrainingReport.MemoryGroup> groups = new ArrayList<>();
    for (TrainingMemory.Group group : TrainingMemory.Group.values()) {
      Map<String, Long> items = new LinkedHashMap<>();
      predicted.items().stream()
          .filter(item -> item.group() == group)
          .forEach(item -> items.put(item.name(), item.bytes()));
      groups.add(
          new TrainingReport.MemoryGroup(
              group.name().toLowerCase(Locale.ROOT),
              predicted.bytes(group),
              program.bytes(group),
              items));
    }
    return groups;
  }
}
