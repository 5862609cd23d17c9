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
    List<List<Cell>> rows = search.plans().stream().limit(top).map(ServePlanSection::row).toList();
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

  private static List<Cell> row(DeploymentPlan plan) {
    OptionalDouble cost = plan.usdPerMonth();
    return List.of(
        Cell.of("device", "device", Format.TEXT, plan.choice().device().name()),
        Cell.of("precision", "precision", Format.TEXT, plan.choice().precision().name()),
        Cell.of("tensorParallel", "tp", Format.COUNT, plan.choice().tensorParallel()),
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
