package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.MedianInterval;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.JsonTables;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** A run's findings as a table. */
public final class PeersTable {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("work", "work", Format.TEXT),
          new Column("engine", "engine", Format.TEXT),
          new Column("dtype", "dtype", Format.TEXT),
          new Column("threads", "thr", Format.COUNT),
          new Column("ours", "ours", Format.NUMBER),
          new Column("value", "theirs", Format.NUMBER),
          new Column("unit", "", Format.TEXT),
          new Column("ratio", "ratio", Format.NUMBER),
          new Column("ratioError", "error", Format.NUMBER));
  private static final List<Column> ENGINE_COLUMNS =
      List.of(
          new Column("engine", "engine", Format.TEXT),
          new Column("build", "build", Format.TEXT),
          new Column("instructions", "instructions", Format.TEXT),
          new Column("notes", "notes", Format.TEXT));

  private PeersTable() {}

  /** A row for each comparison. */
  public static Table of(PeersReport report) {
    return new Table(
        "comparisons",
        report.processor() + ", " + report.jdk(),
        COLUMNS,
        report.comparisons().stream().map(PeersTable::row).toList());
  }

  /** A row for each engine that runs here. */
  public static Table engines(PeersReport report) {
    return new Table(
        "engines",
        "",
        ENGINE_COLUMNS,
        report.engines().entrySet().stream()
            .map(
                engine ->
                    Table.row(
                        engine.getKey(),
                        engine.getValue().build(),
                        engine.getValue().instructions(),
                        engine.getValue().notes()))
            .toList());
  }

  /** All of it as JSON. */
  public static String json(PeersReport report) {
    ObjectNode json = JsonTables.object(List.of());
    json.put("processor", report.processor());
    json.put("jdk", report.jdk());
    json.put("pairs", report.pairs());
    json.set("engines", JsonTables.rows(engines(report)));
    json.set("comparisons", JsonTables.rows(of(report)));
    json.set("notCompared", JsonTables.tree(report.failures()));
    return JsonTables.text(json);
  }

  private static List<Object> row(Comparison comparison) {
    MedianInterval ratio = comparison.ratio();
    return Table.row(
        comparison.workload().label(),
        comparison.engine(),
        comparison.dtype().name().toLowerCase(Locale.ROOT),
        comparison.threads(),
        comparison.ours(),
        comparison.theirs(),
        comparison.workload().unit().toString(),
        ratio.median(),
        ratio.error().isPresent() ? ratio.error().getAsDouble() : null);
  }

  /** The table for a terminal, with what it takes to read it; lines separated by \n. */
  public static String text(PeersReport report) {
    return new Sections(
            List.of(
                new Section("peers", List.of(), List.of(of(report)), List.of(), notes(report)),
                new Section(
                    "engines",
                    report.engines().entrySet().stream()
                        .map(e -> Cell.of(e.getKey(), e.getKey(), Format.TEXT, text(e.getValue())))
                        .toList(),
                    List.of(),
                    List.of(),
                    failures(report))),
            false)
        .text();
  }

  private static String text(Identity identity) {
    return Stream.of(identity.build(), identity.instructions(), identity.notes())
        .filter(each -> !each.isEmpty())
        .collect(Collectors.joining("; "));
  }

  /** What does not run, and why. */
  public static List<String> failures(PeersReport report) {
    return report.failures().entrySet().stream()
        .map(failure -> "not compared: %s: %s".formatted(failure.getKey(), failure.getValue()))
        .toList();
  }

  private static List<String> notes(PeersReport report) {
    List<String> notes = new ArrayList<>();
    if (report.comparisons().isEmpty()) {
      return notes;
    }
    notes.add(
        "ratio: how many times as fast Ridgepoint (ours) is as the engine (theirs); above 1 it is"
            + String.format(
                Locale.ROOT,
                " faster. The median of the ratios of %d %s: a JVM of Ridgepoint and, right after"
                    + " it, one of the",
                report.pairs(),
                report.pairs() == 1 ? "pair" : "pairs")
            + " engine. error: half of the interval that holds it with 90 %, of fewer than five"
            + " pairs half their range.");
    if (report.comparisons().stream()
        .anyMatch(comparison -> comparison.workload() instanceof Workload.Product)) {
      notes.add(
          "Products: Ridgepoint's right operand is packed beforehand, as a model's weights are when"
              + " it is loaded; the others get plain matrices, and pack in the time measured where"
              + " they do.");
    }
    return notes;
  }
}
