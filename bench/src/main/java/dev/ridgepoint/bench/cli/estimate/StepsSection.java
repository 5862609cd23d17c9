package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.inference.CacheDerivations;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.ArrayList;
import java.util.List;

/** The two phases, operation by operation: in short if nothing is asked, with all streams else. */
final class StepsSection {
  private static final List<Column> SHORT =
      List.of(
          new Column("operation", "operation", Format.TEXT),
          new Column("count", "times", Format.COUNT),
          new Column("flops", "FLOPs", Format.COUNT),
          new Column("bytes", "bytes", Format.COUNT),
          new Column("intensity", "FLOP/B", Format.NUMBER));
  private static final List<Column> STREAMS =
      List.of(
          new Column("phase", "phase", Format.TEXT),
          new Column("operation", "operation", Format.TEXT),
          new Column("count", "times", Format.COUNT),
          new Column("flops", "FLOPs", Format.FLOPS),
          new Column("weightBytes", "weights", Format.BYTES),
          new Column("kvReadBytes", "KV read", Format.BYTES),
          new Column("kvWrittenBytes", "KV written", Format.BYTES),
          new Column("activationBytes", "activations", Format.BYTES),
          new Column("bytes", "bytes", Format.BYTES),
          new Column("intensity", "FLOP/B", Format.NUMBER));

  private StepsSection() {}

  /** What is shown if nothing is asked. */
  static Section overview(EstimatedModel estimated) {
    List<Table> tables = new ArrayList<>();
    for (PhaseCost phase : estimated.phases()) {
      List<List<Object>> rows = new ArrayList<>();
      phase.kinds().forEach(kind -> rows.add(shortRow(kind.name(), kind.count(), kind.cost())));
      rows.add(shortRow("total", null, phase.total()));
      tables.add(new Table(phase.name(), phase.title(), SHORT, rows));
    }
    return new Section("steps", facts(estimated), tables, derivations(estimated));
  }

  /** {@code --bytes}. */
  static Section bytes(EstimatedModel estimated) {
    List<List<Object>> rows = new ArrayList<>();
    for (PhaseCost phase : estimated.phases()) {
      for (PhaseCost.Kind kind : phase.kinds()) {
        rows.add(streams(phase.name(), kind.name(), kind.count(), kind.cost()));
      }
      rows.add(streams(phase.name(), "total", null, phase.total()));
    }
    Table table = new Table("operations", "", STREAMS, rows);
    return new Section("bytes", facts(estimated), List.of(table), derivations(estimated));
  }

  private static List<Cell> facts(EstimatedModel estimated) {
    ForwardOptions options = estimated.workload().decodeOptions();
    List<Cell> facts = new ArrayList<>();
    facts.add(
        Cell.of(
            "weightBytes",
            "weights",
            Format.BYTES,
            options.weights().storedBytes(estimated.architecture())));
    facts.add(
        Cell.of(
            "kvCacheBytesPerToken",
            "KV cache per token",
            Format.BYTES,
            options.kvCache().bytesPerToken(estimated.architecture())));
    if (stateBytes(estimated) > 0) {
      facts.add(
          Cell.of(
              "stateBytesPerSequence",
              "recurrent state per sequence",
              Format.BYTES,
              stateBytes(estimated)));
    }
    for (PhaseCost phase : estimated.phases()) {
      Cost total = phase.total();
      String name = phase.name();
      facts.add(Cell.of(name + "Flops", name + " FLOPs", Format.FLOPS, total.flops()));
      facts.add(Cell.of(name + "Bytes", name + " bytes", Format.BYTES, total.bytes()));
      facts.add(
          Cell.of(
              name + "Intensity", name + " FLOP/B", Format.NUMBER, total.arithmeticIntensity()));
    }
    return facts;
  }

  private static long stateBytes(EstimatedModel estimated) {
    ForwardOptions options = estimated.workload().decodeOptions();
    return options.kvCache().stateBytesPerSequence(estimated.architecture());
  }

  private static List<Derivation> derivations(EstimatedModel estimated) {
    ForwardOptions options = estimated.workload().decodeOptions();
    List<Derivation> derivations = new ArrayList<>();
    derivations.add(Derivations.weightBytes(estimated.architecture(), options));
    if (estimated.architecture().decoder().isPresent()) {
      derivations.add(CacheDerivations.bytesPerToken(estimated.architecture(), options));
    }
    if (stateBytes(estimated) > 0) {
      derivations.add(CacheDerivations.stateBytes(estimated.architecture(), options));
    }
    for (PhaseCost phase : estimated.phases()) {
      derivations.add(
          Derivations.flops(phase.name(), estimated.architecture(), phase.operations()));
      derivations.add(
          Derivations.bytes(phase.name(), estimated.architecture(), phase.operations()));
      derivations.add(Derivations.arithmeticIntensity(phase.name(), phase.operations()));
    }
    return derivations;
  }

  private static List<Object> shortRow(String name, Long count, Cost cost) {
    return Table.row(name, count, cost.flops(), cost.bytes(), cost.arithmeticIntensity());
  }

  private static List<Object> streams(String phase, String operation, Long count, Cost cost) {
    return Table.row(
        phase,
        operation,
        count,
        cost.flops(),
        cost.weightBytes(),
        cost.kvReadBytes(),
        cost.kvWrittenBytes(),
        cost.activationBytes(),
        cost.bytes(),
        cost.arithmeticIntensity());
  }
}
