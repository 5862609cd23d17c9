package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.Derivation;
import dev.ridgepoint.estimator.OperationCost;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.RidgeCrossing;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** {@code --device}: how long the phases take at least, and where the ridge is crossed. */
final class DeviceSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("phase", "phase", Format.TEXT),
          new Column("boundBy", "bound by", Format.TEXT),
          new Column("intensity", "FLOP/B", Format.NUMBER),
          new Column("boundSeconds", "at least", Format.SECONDS),
          new Column("tokensPerSecond", "tokens/s at most", Format.NUMBER));

  private DeviceSection() {}

  static Section of(Subject subject, Target target) {
    Roofline roofline = target.roofline();
    List<Cell> facts = new ArrayList<>();
    facts.add(Cell.of("device", "device", Format.TEXT, target.device().name()));
    List<Derivation> derivations = new ArrayList<>();
    List<List<Object>> rows = new ArrayList<>();
    for (PhaseCost phase : subject.phases()) {
      OperationCost total = phase.total();
      double seconds = roofline.boundSeconds(total);
      double tokens = (double) phase.batch() * phase.newTokens();
      facts.add(
          Cell.of(
              phase.name() + "BoundSeconds", phase.name() + " at least", Format.SECONDS, seconds));
      rows.add(
          Table.row(
              phase.title(),
              roofline.boundBy(total) == Roofline.Bound.COMPUTE ? "compute" : "memory",
              total.arithmeticIntensity(),
              seconds,
              tokens / seconds));
      derivations.add(Derivations.boundSeconds(phase.name(), total, roofline));
    }
    addCrossings(subject, roofline, facts);
    return new Section(
        "device",
        facts,
        List.of(roof(target), new Table("phases", "", COLUMNS, rows)),
        derivations);
  }

  private static Table roof(Target target) {
    Roofline roofline = target.roofline();
    return Table.ofCells(
        "roof",
        "",
        List.of(
            List.of(
                Cell.of("device", "device", Format.TEXT, target.device().name()),
                Cell.of("computeDtype", "multiplies in", Format.TEXT, target.computeDtype().name()),
                Cell.of(
                    "peakFlopsPerSecond",
                    "peak",
                    Format.FLOPS_PER_SECOND,
                    roofline.peakFlopsPerSecond()),
                Cell.of(
                    "memoryBytesPerSecond",
                    "bandwidth",
                    Format.BYTES_PER_SECOND,
                    roofline.bytesPerSecond()),
                Cell.of("ridgePoint", "ridge, FLOP/B", Format.NUMBER, roofline.ridgePoint()))));
  }

  private static void addCrossings(Subject subject, Roofline roofline, List<Cell> facts) {
    boolean isDecoderAlone =
        subject.architecture().decoder().isPresent() && subject.architecture().encoder().isEmpty();
    if (!isDecoderAlone) {
      return;
    }
    RidgeCrossing decode =
        new RidgeCrossing(subject.architecture(), subject.workload().decodeOptions(), roofline);
    RidgeCrossing prefill =
        new RidgeCrossing(subject.architecture(), subject.workload().prefillOptions(), roofline);
    facts.add(
        Cell.of(
            "smallestComputeBoundBatch",
            "decode is bound by compute from batch",
            Format.COUNT,
            orNone(
                decode.smallestDecodeBatch(subject.workload().context()),
                RidgeCrossing.MAX_TRIED)));
    facts.add(
        Cell.of(
            "shortestComputeBoundPrompt",
            "prefill is bound by compute from prompt",
            Format.COUNT,
            orNone(prefill.shortestPrompt(), subject.architecture().maxPositions())));
  }

  private static Integer orNone(OptionalInt value, int max) {
    return value.isPresent() && value.getAsInt() <= max ? value.getAsInt() : null;
  }
}
