package dev.ridgepoint.bench.cli.scaling;

import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.scaling.ChinchillaFit;
import dev.ridgepoint.estimator.scaling.KnownRun;
import java.util.Comparator;
import java.util.List;

/** Published runs. */
final class KnownRunsSection {
  private static final int SHOWN = 6;
  private static final List<Column> COLUMNS =
      List.of(
          new Column("run", "published run", Format.TEXT),
          new Column("parameters", "N", Format.NUMBER),
          new Column("tokens", "D", Format.NUMBER),
          new Column("tokensPerParameter", "D/N", Format.NUMBER),
          new Column("trainingFlops", "6ND", Format.FLOPS),
          new Column("lossEfficiency", "loss, best/its", Format.SHARE),
          new Column("source", "source", Format.TEXT));

  private KnownRunsSection() {}

  /** Those whose compute is nearest, by factor; efficiencies by the refit of Besiroglu et al. */
  static Section near(double flops) {
    List<List<Object>> rows =
        KnownRun.ALL.stream()
            .sorted(
                Comparator.comparingDouble(run -> Math.abs(Math.log(run.trainingFlops() / flops))))
            .limit(SHOWN)
            .sorted(Comparator.comparingDouble(KnownRun::trainingFlops))
            .map(
                run ->
                    Table.row(
                        run.name(),
                        run.parameters(),
                        run.tokens(),
                        run.tokensPerParameter(),
                        run.trainingFlops(),
                        run.lossEfficiency(ChinchillaFit.BESIROGLU_REFIT),
                        run.source()))
            .toList();
    return new Section(
        "knownRuns", List.of(), List.of(new Table("runs", "", COLUMNS, rows)), List.of());
  }
}
