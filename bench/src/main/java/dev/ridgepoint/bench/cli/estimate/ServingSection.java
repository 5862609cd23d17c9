package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.EfficiencyNote;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.InvalidInputException;
import dev.ridgepoint.estimator.serving.BatchPoint;
import dev.ridgepoint.estimator.serving.Efficiency;
import dev.ridgepoint.estimator.serving.Replica;
import java.util.List;

/** {@code --serve}: throughput against latency on tensor-parallel devices. */
final class ServingSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("batch", "batch", Format.COUNT),
          new Column("timeToFirstTokenSeconds", "first token", Format.SECONDS),
          new Column("timePerOutputTokenSeconds", "per token", Format.SECONDS),
          new Column("outputTokensPerSecond", "tokens/s", Format.NUMBER),
          new Column("deviceBytes", "memory", Format.BYTES));

  private ServingSection() {}

  /**
   * @param tensorParallel devices that share every layer
   */
  static Section of(Subject subject, Target target, int tensorParallel) {
    Workload workload = subject.workload();
    if (subject.architecture().encoder().isPresent()) {
      throw new InvalidInputException(subject.model().name(), "--serve needs a decoder alone");
    }
    if (workload.output() < 2) {
      throw new InvalidInputException("--output", "must be at least 2 with --serve");
    }
    Replica replica =
        new Replica(
            subject.architecture(),
            workload.decodeOptions(),
            target.device(),
            target.computeDtype(),
            tensorParallel,
            Efficiency.PUBLISHED);
    List<BatchPoint> curve = BatchPoint.curve(replica, workload.prompt(), workload.output());
    if (curve.isEmpty()) {
      throw new InvalidInputException(
          subject.model().name(),
          "does not fit %d x %s with %d tokens"
              .formatted(
                  tensorParallel, target.device().name(), workload.prompt() + workload.output()));
    }
    BatchPoint largest = curve.getLast();
    Table table =
        new Table(
            "curve",
            "%d x %s: prompts of %s, %s after each"
                .formatted(
                    tensorParallel,
                    target.device().name(),
                    Units.count(workload.prompt(), "token"),
                    Units.count(workload.output(), "token")),
            COLUMNS,
            curve.stream()
                .map(
                    point ->
                        Table.row(
                            point.batch(),
                            point.timeToFirstTokenSeconds(),
                            point.timePerOutputTokenSeconds(),
                            point.outputTokensPerSecond(),
                            point.deviceBytes()))
                .toList());
    return new Section(
        "serve",
        List.of(
            Cell.of("largestBatch", "largest batch", Format.COUNT, largest.batch()),
            Cell.of(
                "outputTokensPerSecond",
                "tokens/s with it",
                Format.NUMBER,
                largest.outputTokensPerSecond())),
        List.of(table),
        List.of(),
        List.of(EfficiencyNote.of(Efficiency.PUBLISHED)));
  }
}
