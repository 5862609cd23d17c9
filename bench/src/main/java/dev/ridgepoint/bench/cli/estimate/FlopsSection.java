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

  static Section of(Subject subject) {
    List<Cell> facts = new ArrayList<>();
    List<Derivation> derivations = new ArrayList<>();
    for (PhaseCost phase : subject.phases()) {
      Cost total = phase.total();
      String name = phase.name();
      facts.add(Cell.of(name + "Flops", name + " FLOPs", Format.FLOPS, total.flops()));
      facts.add(
          Cell.of(
              name + "MatmulFlops",
              name + ", matrix products alone",
              Format.FLOPS,
              total.matmulFlops()));
      derivations.add(Derivations.flops(name, subject.architecture(), phase.operations()));
    }
    addGeneration(subject, facts, derivations);
    TrainingStepFlops training =
        TrainingStepFlops.of(
            subject.architecture(), subject.workload().batch(), subject.workload().prompt());
    facts.add(
        Cell.of(
            "trainingStepFlops",
            "training step of %d x %d tokens, matrix products"
                .formatted(subject.workload().batch(), subject.workload().prompt()),
            Format.FLOPS,
            training.total()));
    derivations.add(training.derivation());
    List<RuleOfThumb> rules = rules(subject);
    rules.forEach(rule -> derivations.add(Derivations.ruleOfThumb(rule)));
    return new Section(
        "flops", facts, rules.isEmpty() ? List.of() : List.of(table(subject, rules)), derivations);
  }

  private static void addGeneration(
      Subject subject, List<Cell> facts, List<Derivation> derivations) {
    Workload workload = subject.workload();
    if (workload.output() == 0 || subject.architecture().decoder().isEmpty()) {
      return;
    }
    Generation generation =
        Generation.of(
            subject.architecture(),
            workload.decodeOptions(),
            subject.prefill().total(),
            workload.batch(),
            workload.prompt(),
            workload.output());
    facts.add(
        Cell.of(
            "generationFlops",
            "generation of %d x %d tokens, prompts included"
                .formatted(workload.batch(), workload.output()),
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

  private static List<RuleOfThumb> rules(Subject subject) {
    boolean isDecoderAlone =
        subject.architecture().decoder().isPresent() && subject.architecture().encoder().isEmpty();
    return isDecoderAlone
        ? RuleOfThumb.all(
            subject.architecture(),
            TrainingStepFlops.OPTIONS,
            subject.workload().batch(),
            subject.workload().prompt())
        : List.of();
  }

  private static Table table(Subject subject, List<RuleOfThumb> rules) {
    return new Table(
        "rulesOfThumb",
        "%s of %s, logits at every position"
            .formatted(
                Units.count(subject.workload().batch(), "sequence"),
                Units.count(subject.workload().prompt(), "token")),
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
