package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.inference.Derivations;
import java.util.ArrayList;
import java.util.List;

/** {@code --params}: parameters by component. */
final class ParametersSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("component", "parameters", Format.TEXT),
          new Column("total", "total", Format.COUNT),
          new Column("share", "share", Format.SHARE),
          new Column("active", "active", Format.COUNT));

  private ParametersSection() {}

  static Section of(EstimatedModel estimated) {
    Architecture architecture = estimated.architecture();
    ParameterCount all = ParameterCount.of(architecture);
    ParameterCount active = ParameterCount.active(architecture);
    List<Cell> totals =
        List.of(
            Cell.of("parameters", "parameters", Format.COUNT, all.total()),
            Cell.of("activeParameters", "active", Format.COUNT, active.total()));
    List<Cell> facts = new ArrayList<>();
    facts.add(
        Cell.of(
            "nonEmbeddingParameters",
            "without embeddings and head",
            Format.COUNT,
            all.nonEmbedding()));
    long furtherTokens = ParameterCount.ofNextTokenPrediction(architecture).total();
    if (furtherTokens > 0) {
      facts.add(
          Cell.of(
              "nextTokenPredictionParameters",
              "modules for further tokens, besides",
              Format.COUNT,
              furtherTokens));
    }
    if (!architecture.omitted().isEmpty()) {
      String parts = String.join(", ", architecture.omitted());
      facts.add(Cell.of("omittedParts", "not counted, parts of the config", Format.TEXT, parts));
    }
    List<Derivation> derivations = new ArrayList<>();
    derivations.add(Derivations.parameters(architecture));
    if (active.total() != all.total()) {
      derivations.add(Derivations.activeParameters(architecture));
    }
    return new Section(
        "params", facts, totals, List.of(table(all, active)), derivations, List.of());
  }

  private static Table table(ParameterCount all, ParameterCount active) {
    List<List<Object>> rows = new ArrayList<>();
    for (Component component : Component.values()) {
      rows.add(
          Table.row(
              component.label(), all.of(component), all.share(component), active.of(component)));
    }
    rows.add(Table.row("total", all.total(), 1.0, active.total()));
    return new Table("components", "", COLUMNS, rows);
  }
}
