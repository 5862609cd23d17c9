package dev.ridgepoint.bench.cli.plan;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.cluster.Cluster;
import dev.ridgepoint.estimator.cluster.PlanSearch;
import dev.ridgepoint.estimator.cluster.StepTime;
import dev.ridgepoint.estimator.cluster.StepTraffic;
import dev.ridgepoint.estimator.cluster.Traffic;
import dev.ridgepoint.estimator.cluster.TrainingPlan;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.training.TrainingRun;
import dev.ridgepoint.estimator.training.TrainingRun.Prices;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The plans found, best first. */
record TrainPlanSection(
    NamedModel model, PlanSearch.Task task, Cluster cluster, PlanSearch search, int top) {

  /**
   * @param tokens of the whole run, if time and money are asked for
   * @param prices of a device
   */
  Section plans(OptionalDouble tokens, Prices prices) {
    List<List<Cell>> rows = new ArrayList<>();
    for (TrainingPlan plan : search.plans().stream().limit(top).toList()) {
      rows.add(row(rows.size() + 1, plan, tokens, prices));
    }
    String title =
        String.format(
            Locale.ROOT,
            "%s on %d x %s, %s of %s a step",
            model.name(),
            cluster.devices(),
            cluster.name(),
            Units.count(task.globalBatch(), "sequence"),
            Units.count(task.sequenceLength(), "token"));
    return new Section(
        "plans",
        List.of(),
        List.of(Table.ofCells("ranked", title, rows)),
        derivations(search.plans().getFirst()),
        List.of(
            String.format(
                Locale.ROOT,
                "%s of %d cuts work; times are bounds, with matrix products at %s of the peak",
                search.plans().size(),
                search.plans().size() + search.rejections().size(),
                Format.SHARE.brief(cluster.kernelEfficiency()))));
  }

  private static List<Cell> row(int rank, TrainingPlan plan, OptionalDouble tokens, Prices prices) {
    StepTime time = plan.time();
    List<Cell> row = new ArrayList<>();
    row.add(count("rank", "#", rank));
    row.add(count("dataParallel", "dp", plan.layout().dataParallel()));
    row.add(count("tensorParallel", "tp", plan.layout().tensorParallel()));
    row.add(count("pipelineParallel", "pp", plan.layout().pipelineParallel()));
    row.add(count("chunksPerStage", "chunks", plan.layout().chunksPerStage()));
    row.add(count("microBatch", "micro", plan.batch().microBatch()));
    row.add(text("zero", "zero", plan.options().zero()));
    row.add(text("checkpointing", "checkpoint", plan.options().checkpointing()));
    row.add(Cell.of("deviceBytes", "memory", Format.BYTES, plan.memory().deviceBytes()));
    row.add(Cell.of("stepSeconds", "step", Format.SECONDS, time.seconds()));
    row.add(Cell.of("tokensPerSecond", "tokens/s", Format.NUMBER, plan.tokensPerSecond()));
    row.add(Cell.of("modelFlopsUtilization", "MFU", Format.SHARE, time.modelFlopsUtilization()));
    row.add(Cell.of("bubbleShare", "bubble", Format.SHARE, time.bubbleSeconds() / time.seconds()));
    double said = time.tensorSeconds() + time.pipelineSeconds() + time.dataSeconds();
    row.add(Cell.of("communicationShare", "comm.", Format.SHARE, said / time.seconds()));
    if (tokens.isPresent()) {
      row.addAll(run(plan, tokens.getAsDouble(), prices));
    }
    return row;
  }

  /** The whole run at the plan's own utilization. */
  private static List<Cell> run(TrainingPlan plan, double tokens, Prices prices) {
    int devices = plan.layout().devices();
    double steps = tokens / (plan.tokensPerSecond() * plan.time().seconds());
    TrainingRun run =
        new TrainingRun(
            plan.time().modelFlops() * steps,
            devices,
            plan.time().clusterPeakFlopsPerSecond() / devices,
            Math.min(1, plan.time().modelFlopsUtilization()),
            prices);
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.of("runSeconds", "run", Format.SECONDS, run.seconds()));
    if (run.totalUsd() > 0) {
      cells.add(Cell.of("runUsd", "cost", Format.DOLLARS, run.totalUsd()));
    }
    return cells;
  }

  private List<Derivation> derivations(TrainingPlan best) {
    List<Derivation> derivations = new ArrayList<>();
    derivations.add(best.time().derivation());
    derivations.add(best.memory().derivation());
    new StepTraffic(
            task.model(), best.batch(), best.layout(), best.options(), cluster, task.overlap())
        .all().stream().map(Traffic::derivation).forEach(derivations::add);
    return derivations;
  }

  private static Cell count(String key, String heading, int value) {
    return Cell.of(key, heading, Format.COUNT, value);
  }

  private static Cell text(String key, String heading, Enum<?> value) {
    return Cell.of(key, heading, Format.TEXT, value.name().toLowerCase(Locale.ROOT));
  }
}
