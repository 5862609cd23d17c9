package dev.ridgepoint.bench.cli.scaling;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.scaling.ChinchillaFit;
import dev.ridgepoint.estimator.scaling.KaplanLaw;
import dev.ridgepoint.estimator.training.TrainingRun;
import java.util.ArrayList;
import java.util.List;

/** The loss of given parameters and tokens. */
final class LossSection {
  private static final String KAPLAN_NOTE =
      "Kaplan's N has no embeddings and its text is WebText2: its losses cannot be compared with"
          + " Chinchilla's.";
  private static final List<Column> COLUMNS =
      List.of(
          new Column("law", "law", Format.TEXT),
          new Column("loss", "loss, nats/token", Format.NUMBER),
          new Column("optimalLoss", "best for this C", Format.NUMBER),
          new Column("source", "source", Format.TEXT));

  private LossSection() {}

  static Section of(double parameters, double tokens) {
    double flops = TrainingRun.ruleOfThumbFlops(parameters, tokens);
    List<List<Object>> rows = new ArrayList<>();
    List<Derivation> derivations = new ArrayList<>();
    for (ChinchillaFit fit : ChinchillaFit.ALL) {
      rows.add(
          Table.row(
              fit.name(),
              fit.loss(parameters, tokens),
              fit.optimum(flops).loss().orElseThrow(),
              fit.source()));
      derivations.add(fit.lossDerivation(parameters, tokens));
    }
    Derivation kaplan = KaplanLaw.lossOfParametersAndTokensDerivation(parameters, tokens);
    rows.add(Table.row("Kaplan L(N, D)", kaplan.value(), null, kaplan.source()));
    derivations.add(kaplan);
    addKaplan(KaplanLaw.PARAMETERS, parameters, rows, derivations);
    addKaplan(KaplanLaw.DATA, tokens, rows, derivations);
    for (KaplanLaw law : List.of(KaplanLaw.MINIMUM_COMPUTE, KaplanLaw.COMPUTE)) {
      addKaplan(law, flops / KaplanLaw.FLOPS_PER_PF_DAY, rows, derivations);
    }
    List<Cell> facts =
        List.of(
            Cell.of("parameters", "parameters N", Format.NUMBER, parameters),
            Cell.of("tokens", "tokens D", Format.NUMBER, tokens),
            Cell.of("tokensPerParameter", "D/N", Format.NUMBER, tokens / parameters),
            Cell.of("trainingFlops", "C = 6ND", Format.FLOPS, flops));
    return new Section(
        "loss",
        facts,
        List.of(new Table("losses", "", COLUMNS, rows)),
        derivations,
        List.of(KAPLAN_NOTE));
  }

  private static void addKaplan(
      KaplanLaw law, double x, List<List<Object>> rows, List<Derivation> derivations) {
    rows.add(Table.row(law.name(), law.loss(x), null, law.source()));
    derivations.add(law.lossDerivation(x));
  }
}
