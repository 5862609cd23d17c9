package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.serving.Clients;
import dev.ridgepoint.estimator.serving.ClosedLoop;
import dev.ridgepoint.estimator.serving.ClosedLoopPoint;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServingEngine;
import dev.ridgepoint.estimator.time.PredictedTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code --serve --concurrency}: what clients see who each wait for an answer. */
final class ClosedLoopSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("part", "part", Format.TEXT),
          new Column("seconds", "seconds", Format.SECONDS),
          new Column("share", "share", Format.SHARE));

  private final ClosedLoopPoint point;
  private final List<Cell> facts = new ArrayList<>();

  private ClosedLoopSection(ClosedLoopPoint point) {
    this.point = point;
  }

  /**
   * @param devices "8 x H100 SXM5 80GB" or the like
   */
  static Section of(Replica replica, ServingEngine engine, Clients clients, String devices) {
    ClosedLoopSection section = new ClosedLoopSection(ClosedLoop.of(replica, engine, clients));
    section.addFacts();
    String title =
        "%s on %s: %s, prompts of %s, answers of %s; time per output token"
            .formatted(
                engine.name(),
                devices,
                Units.count(clients.concurrency(), "client"),
                Units.count(clients.promptTokens(), "token"),
                Units.count(clients.outputTokens(), "token"));
    return new Section(
        "closedLoop",
        section.facts,
        List.of(
            parts("perOutputToken", title, section.point.perToken().terms()),
            parts("toFirstToken", "time to the first token", section.point.firstToken().terms())),
        Stream.concat(
                section.point.derivations().stream(),
                replica
                    .expertDerivations(
                        section.point.batch(), clients.promptTokens() + clients.outputTokens() / 2)
                    .stream())
            .toList(),
        List.of(
            "means of a closed loop: each client waits for its answer before it asks again; nine of"
                + " ten measured runs lie between lowest and highest"));
  }

  private void addFacts() {
    add("timePerOutputTokenSeconds", "time per output token", point.timePerOutputToken());
    add("timeToFirstTokenSeconds", "time to first token", point.timeToFirstToken());
    number("outputTokensPerSecond", "output tokens/s", point.outputTokensPerSecond());
    number("outputTokensPerSecondLow", "  lowest", point.lowestOutputTokensPerSecond());
    number("outputTokensPerSecondHigh", "  highest", point.highestOutputTokensPerSecond());
    facts.add(Cell.of("decoding", "sequences decoding at once", Format.COUNT, point.batch()));
    facts.add(Cell.of("limit", "sequences that fit", Format.COUNT, point.limit()));
  }

  private void add(String key, String heading, PredictedTime time) {
    seconds(key, heading, time.seconds());
    seconds(key + "Low", "  lowest", time.lowestSeconds());
    seconds(key + "High", "  highest", time.highestSeconds());
  }

  private void seconds(String key, String heading, double value) {
    facts.add(Cell.of(key, heading, Format.SECONDS, value));
  }

  private void number(String key, String heading, double value) {
    facts.add(Cell.of(key, heading, Format.NUMBER, value));
  }

  private static Table parts(String key, String title, List<Term> terms) {
    double total = terms.stream().mapToDouble(term -> term.value().doubleValue()).sum();
    return new Table(
        key,
        title,
        COLUMNS,
        terms.stream()
            .map(term -> Table.row(term.name(), term.value(), term.value().doubleValue() / total))
            .toList());
  }
}
