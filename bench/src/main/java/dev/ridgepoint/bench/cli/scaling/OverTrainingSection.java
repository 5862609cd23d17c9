package dev.ridgepoint.bench.cli.scaling;

import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.scaling.ChinchillaFit;
import dev.ridgepoint.estimator.scaling.OverTraining;
import java.util.ArrayList;
import java.util.List;

/** What it costs to make a model of another size as good as the optimum. */
final class OverTrainingSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("law", "law", Format.TEXT),
          new Column("loss", "loss to reach", Format.NUMBER),
          new Column("tokens", "tokens", Format.NUMBER),
          new Column("extraComputeShare", "more training", Format.SHARE),
          new Column("breakEvenInferenceTokens", "paid back after, tokens", Format.NUMBER));

  private OverTrainingSection() {}

  static Section of(double flops, double parameters) {
    List<List<Object>> rows = new ArrayList<>();
    List<Derivation> derivations = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (ChinchillaFit fit : ChinchillaFit.ALL) {
      try {
        OverTraining training = OverTraining.of(fit, flops, parameters);
        double breakEven = training.breakEvenInferenceTokens();
        rows.add(
            Table.row(
                fit.name(),
                training.optimum().loss().orElseThrow(),
                training.tokens(),
                training.extraComputeShare(),
                Double.isInfinite(breakEven) ? null : breakEven));
        derivations.add(training.derivation());
      } catch (InvalidInputException tooSmall) {
        notes.add(tooSmall.getMessage());
      }
    }
    String title =
        "%s parameters trained until they are as good as the optimum for %s"
            .formatted(Units.compact(parameters), Units.flops(flops));
    return new Section(
        "overTraining",
        List.of(),
        List.of(new Table("models", title, COLUMNS, rows)),
        derivations,
        notes);
  }
}
