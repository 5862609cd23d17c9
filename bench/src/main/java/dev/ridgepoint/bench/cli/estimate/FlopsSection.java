package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.Generation;
import dev.ridgepoint.estimator.inference.RuleOfThumb;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.training.TrainingStepFlops;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code --flops}: both phases, a generation, a training step, and what rules of thumb say. */
final class FlopsSection {
  private static final List<Column> RULES =
      List.of(
          new Column("rule", "rule of thumb", Format.TEXT),
          new Column("estimatedFlops", "says", Format.FLOPS),
          new Column("exactFlops", "matrix products", Format.FLOPS),
          new Column("relativeError", "error", Format.SHARE),
          new Column("source", "source", Format.TEXT));

  private FlopsSection() {}

  static Section of(EstimatedModel estimated) {
    List<Cell> facts = new ArrayList<>();
    List<Derivation> derivations = new ArrayList<>();
    for (PhaseCost phase : estimated.phases()) {
      Cost total = phase.total();
      String name = phase.name();
      facts.add(Cell.of(name + "Flops", name + " FLOPs", Format.FLOPS, total.flops()));
      facts.add(
          Cell.of(
              name + "MatmulFlops",
              name + ", matrix products alone",
              Format.FLOPS,
              total.matmulFlops()));
      derivations.add(Derivations.flops(name, estimated.architecture(), phase.operations()));
    }
    addGeneration(estimated, facts, derivations);
    TrainingStepFlops training =
        TrainingStepFlops.of(
            estimated.architecture(), estimated.workload().batch(), estimated.workload().prompt());
    facts.add(
        Cell.of(
            "trainingStepFlops",
            String.format(
                Locale.ROOT,
                "training step of %d x %d tokens, matrix products",
                estimated.workload().batch(),
                estimated.workload().prompt()),
            Format.FLOPS,
            training.total()));
    derivations.add(training.derivation());
    List<RuleOfThumb> rules = rules(estimated);
    rules.forEach(rule -> derivations.add(Derivations.ruleOfThumb(rule)));
    return new Section(
        "flops",
        facts,
        rules.isEmpty() ? List.of() : List.of(table(estimated, rules)),
        derivations);
  }

  private static void addGeneration(
      EstimatedModel estimated, List<Cell> facts, List<Derivation> derivations) {
    Workload workload = estimated.workload();
    if (workload.output() == 0 || estimated.architecture().decoder().isEmpty()) {
      return;
    }
    Generation generation =
        Generation.of(
            estimated.architecture(),
            workload.decodeOptions(),
            estimated.prefill().total(),
            workload.batch(),
            workload.prompt(),
            workload.output());
    facts.add(
        Cell.of(
            "generationFlops",
            String.format(
                Locale.ROOT,
                "generation of %d x %d tokens, prompts included",
                workload.batch(),
                workload.output()),
            Format.FLOPS,
            generation.flops()));
    facts.add(
        Cell.of(
            "generationDecodeBytes",
            "bytes of its decode steps",
            Format.BYTES,
            generation.decodeBytes()));
    derivations.add(generation.derivation());
  }

  private static List<RuleOfThumb> rules(EstimatedModel estimated) {
    boolean isDecoderAlone =
        estimated.architecture().decoder().isPresent()
            && estimated.architecture().encoder().isEmpty();
    return isDecoderAlone
        ? RuleOfThumb.all(
            estimated.architecture(),
            TrainingStepFlops.OPTIONS,
            estimated.workload().batch(),
            estimated.workload().prompt())
        : List.of();
  }

  private static Table table(EstimatedModel estimated, List<RuleOfThumb> rules) {
    return new Table(
        "rulesOfThumb",
        "%s of %s, logits at every position"
            .formatted(
                Units.count(estimated.workload().batch(), "sequence"),
                Units.count(estimated.workload().prompt(), "token")),
        RULES,
        rules.stream()
            .map(
                rule ->
                    Table.row(
                        rule.name(),
                        rule.estimate(),
                        rule.exact(),
                        rule.relativeError(),
                        rule.source()))
            .toList());
  }
}
