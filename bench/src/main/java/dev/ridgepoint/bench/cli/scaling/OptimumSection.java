package dev.ridgepoint.bench.cli.scaling;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.scaling.AllocationLaw;
import dev.ridgepoint.estimator.scaling.ComputeOptimum;
import java.util.ArrayList;
import java.util.List;

/** The best split of a budget, by every law. */
public final class OptimumSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("law", "law", Format.TEXT),
          new Column("parameters", "N", Format.NUMBER),
          new Column("tokens", "D", Format.NUMBER),
          new Column("tokensPerParameter", "D/N", Format.NUMBER),
          new Column("loss", "loss, nats/token", Format.NUMBER),
          new Column("source", "source", Format.TEXT));

  private OptimumSection() {}

  /** Of {@code flops} in all. */
  public static Section of(double flops) {
    List<List<Object>> rows = new ArrayList<>();
    List<Derivation> derivations = new ArrayList<>();
    for (AllocationLaw law : AllocationLaw.all()) {
      ComputeOptimum optimum = law.optimum(flops);
      rows.add(
          Table.row(
              law.name(),
              optimum.parameters(),
              optimum.tokens(),
              optimum.tokensPerParameter(),
              optimum.loss().isPresent() ? optimum.loss().getAsDouble() : null,
              law.source()));
      derivations.add(law.optimumDerivation(flops));
    }
    return new Section(
        "optimum",
        List.of(Cell.of("compute", "compute-optimal for C", Format.FLOPS, flops)),
        List.of(new Table("optima", "", COLUMNS, rows)),
        derivations);
  }
}
