package dev.ridgepoint.bench.cli.plan;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.EfficiencyNote;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.serving.DeploymentPlan;
import dev.ridgepoint.estimator.serving.DeploymentSearch;
import dev.ridgepoint.estimator.serving.Efficiency;
import dev.ridgepoint.estimator.serving.ReplicaQueue;
import dev.ridgepoint.estimator.serving.ServingLayout;
import dev.ridgepoint.estimator.serving.ServingLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The deployments found, cheapest first.
 *
 * @param search with one plan at least
 * @param efficiency that it assumed
 */
record ServePlanSection(
    NamedModel model, ServingLoad load, DeploymentSearch search, Efficiency efficiency) {
  /**
   * @param queue of a replica of the first plan
   * @param top plans to show
   */
  Section plans(ReplicaQueue queue, int top) {
    boolean isOfExperts =
        search.plans().stream().anyMatch(plan -> plan.choice().layout().expertParallel() > 1);
    List<List<Cell>> rows =
        search.plans().stream().limit(top).map(plan -> row(plan, isOfExperts)).toList();
    String title =
        "%s: %s requests/s, prompts of %s, answers of %s"
            .formatted(
                model.name(),
                Units.trimmed(load.requestsPerSecond()),
                Units.count(load.promptTokens(), "token"),
                Units.count(load.outputTokens(), "token"));
    return new Section(
        "plans",
        List.of(),
        List.of(Table.ofCells("ranked", title, rows)),
        derivations(queue),
        List.of(search.explanation(0).getFirst(), EfficiencyNote.of(efficiency)));
  }

  private List<Derivation> derivations(ReplicaQueue queue) {
    DeploymentPlan best = search.plans().getFirst();
    List<Derivation> derivations = new ArrayList<>();
    best.costDerivation().ifPresent(derivations::add);
    derivations.addAll(queue.derivations(best.point().requestsPerSecond()));
    return derivations;
  }

  /**
   * @param isOfExperts whether experts are shared out in any plan
   */
  private static List<Cell> row(DeploymentPlan plan, boolean isOfExperts) {
    ServingLayout layout = plan.choice().layout();
    List<Cell> row = new ArrayList<>();
    row.add(Cell.of("device", "device", Format.TEXT, plan.choice().device().name()));
    row.add(Cell.of("precision", "precision", Format.TEXT, plan.choice().precision().name()));
    row.add(Cell.of("tensorParallel", "tp", Format.COUNT, layout.tensorParallel()));
    if (isOfExperts) {
      row.add(Cell.of("expertParallel", "ep", Format.COUNT, layout.expertParallel()));
    }
    row.addAll(figures(plan));
    return row;
  }

  private static List<Cell> figures(DeploymentPlan plan) {
    OptionalDouble cost = plan.usdPerMonth();
    return List.of(
        Cell.of("replicas", "replicas", Format.COUNT, plan.replicas()),
        Cell.of("devices", "devices", Format.COUNT, plan.devices()),
        Cell.of(
            "usdPerMonth",
            "per month",
            Format.DOLLARS,
            cost.isPresent() ? cost.getAsDouble() : null),
        Cell.of(
            "timeToFirstTokenSeconds",
            "first token",
            Format.SECONDS,
            plan.point().timeToFirstTokenSeconds()),
        Cell.of(
            "timePerOutputTokenSeconds",
            "per token",
            Format.SECONDS,
            plan.point().timePerOutputTokenSeconds()),
        Cell.of("batch", "batch", Format.COUNT, plan.point().batch()),
        Cell.of("largestBatch", "max", Format.COUNT, plan.largestBatch()),
        Cell.of("utilization", "load", Format.SHARE, plan.point().utilization()));
  }
}
