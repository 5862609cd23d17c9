package dev.ridgepoint.bench.cli.plan;

import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.serving.Batching;
import dev.ridgepoint.estimator.serving.Percentiles;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ReplicaStepTimes;
import dev.ridgepoint.estimator.serving.Request;
import dev.ridgepoint.estimator.serving.ServingSimulation;
import dev.ridgepoint.estimator.serving.SimulationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The same requests through one replica, with each kind of batching. */
final class SimulationSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("batching", "batching", Format.TEXT),
          new Column("timeToFirstTokenSecondsP50", "first token p50", Format.SECONDS),
          new Column("timeToFirstTokenSecondsP99", "p99", Format.SECONDS),
          new Column("timePerOutputTokenSecondsP50", "per token p50", Format.SECONDS),
          new Column("timePerOutputTokenSecondsP99", "p99", Format.SECONDS),
          new Column("outputTokensPerSecond", "tokens/s", Format.NUMBER),
          new Column("meanBatch", "mean batch", Format.NUMBER),
          new Column("utilization", "busy", Format.SHARE));

  private SimulationSection() {}

  /**
   * @param requests in the order of their arrival
   * @param batchLimit sequences at a time
   * @param what such as {@code seed 1}, for the title
   */
  static Section of(List<Request> requests, Replica replica, int batchLimit, String what) {
    ReplicaStepTimes times = new ReplicaStepTimes(replica);
    List<List<Object>> rows = new ArrayList<>();
    for (Batching batching : List.of(Batching.CONTINUOUS, Batching.STATIC)) {
      SimulationResult result = ServingSimulation.run(requests, times, batching, batchLimit);
      Percentiles first = result.timeToFirstToken();
      Percentiles each = result.timePerOutputToken();
      rows.add(
          Table.row(
              batching.name().toLowerCase(Locale.ROOT),
              first.p50(),
              first.p99(),
              each.p50(),
              each.p99(),
              result.outputTokensPerSecond(),
              result.meanBatch(),
              result.utilization()));
    }
    String title =
        "one replica of the first, simulated with %s, %s"
            .formatted(Units.count(requests.size(), "request"), what);
    return new Section(
        "simulation", List.of(), List.of(new Table("batchings", title, COLUMNS, rows)), List.of());
  }
}
