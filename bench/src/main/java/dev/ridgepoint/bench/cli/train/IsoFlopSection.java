package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.scaling.AllocationLaw;
import dev.ridgepoint.estimator.scaling.IsoFlopFit;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/** The curve of the sizes that were trained, and where it is lowest. */
final class IsoFlopSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("hiddenSize", "hidden", Format.COUNT),
          new Column("parameters", "N", Format.COUNT),
          new Column("tokens", "D", Format.COUNT),
          new Column("tokensPerParameter", "D/N", Format.NUMBER),
          new Column("steps", "steps", Format.COUNT),
          new Column("flops", "FLOPs", Format.FLOPS),
          new Column("passes", "passes", Format.NUMBER),
          new Column("loss", "held-out loss", Format.NUMBER),
          new Column("lossAboveBest", "above best", Format.NUMBER),
          new Column("seconds", "time", Format.SECONDS));

  private IsoFlopSection() {}

  static Section of(IsoFlopResults.Settings settings, List<IsoFlopResults.Size> sizes) {
    IsoFlopFit fit = IsoFlopResults.fit(sizes);
    double best = sizes.stream().mapToDouble(IsoFlopResults.Size::loss).min().orElseThrow();
    List<List<Object>> rows = new ArrayList<>();
    for (IsoFlopResults.Size size : sizes) {
      rows.add(
          Table.row(
              size.hiddenSize(),
              size.parameters(),
              size.tokens(),
              size.tokensPerParameter(),
              size.steps(),
              size.flops(),
              size.passes(),
              size.loss(),
              size.loss() - best,
              size.seconds()));
    }
    return new Section(
        "isoflop",
        facts(fit),
        List.of(new Table("sizes", "", COLUMNS, rows)),
        List.of(),
        List.of(
            lowest(fit),
            laws(settings.flops()),
            "Why they may differ: "
                + String.join("; ", IsoFlopDifferences.of(settings, sizes))
                + "."));
  }

  private static List<Cell> facts(IsoFlopFit fit) {
    return fit.optimum()
        .map(
            best ->
                List.of(
                    Cell.of("optimalParameters", "lowest at N", Format.NUMBER, best.parameters()),
                    Cell.of("optimalTokens", "with D", Format.NUMBER, best.tokens()),
                    Cell.of(
                        "optimalTokensPerParameter",
                        "D/N",
                        Format.NUMBER,
                        best.tokensPerParameter()),
                    Cell.of("optimalLoss", "loss there, nats/token", Format.NUMBER, best.loss())))
        .orElse(List.of());
  }

  private static String lowest(IsoFlopFit fit) {
    String source =
        " The curve is a parabola over log N, by least squares (Hoffmann et al. 2022,"
            + " arXiv:2203.15556, approach 2).";
    return fit.optimum()
            .map(
                best ->
                    String.format(
                        Locale.ROOT,
                        "Your curve is lowest at %s parameters and %s tokens for each.",
                        Units.compact(best.parameters()),
                        Units.compact(best.tokensPerParameter())))
            .orElse(
                "Your curve has no lowest point between the smallest and the largest size: try"
                    + " others, beyond the one with the least loss.")
        + source;
  }

  private static String laws(double flops) {
    DoubleSummaryStatistics parameters =
        AllocationLaw.all().stream()
            .mapToDouble(law -> law.optimum(flops).parameters())
            .summaryStatistics();
    return String.format(
        Locale.ROOT,
        "The published laws say from %s to %s parameters for this budget.",
        Units.compact(parameters.getMin()),
        Units.compact(parameters.getMax()));
  }
}
