package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.compare.Rate.Interval;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A comparison as tables. */
public final class ComparisonTable {
  private static final List<Column> STEP =
      List.of(
          new Column("phase", "phase", Format.TEXT),
          new Column("dtype", "dtype", Format.TEXT),
          new Column("threads", "thr", Format.COUNT),
          new Column("batch", "batch", Format.COUNT),
          new Column("newTokens", "new", Format.COUNT),
          new Column("context", "ctx", Format.COUNT));

  private ComparisonTable() {}

  /** What was compared, the ratios, and what has no partner. */
  public static Sections of(Comparison comparison) {
    List<Table> tables = new ArrayList<>();
    tables.add(measurements(comparison));
    tables.add(matches(comparison));
    if (!comparison.unmatched().isEmpty()) {
      tables.add(unmatched(comparison));
    }
    return new Sections(
        List.of(new Section("comparison", List.of(), tables, List.of(), notes(comparison))), false);
  }

  private static Table measurements(Comparison comparison) {
    List<List<Object>> rows = new ArrayList<>();
    for (Measurements each : comparison.measurements()) {
      int number = rows.size() + 1;
      rows.add(
          Table.row(
              number,
              comparison.against(number).orElse(null),
              each.file(),
              each.engine(),
              each.model(),
              each.machine()));
    }
    return new Table(
        "measurements",
        "",
        List.of(
            new Column("number", "#", Format.COUNT),
            new Column("against", "against", Format.COUNT),
            new Column("file", "file", Format.TEXT),
            new Column("engine", "engine", Format.TEXT),
            new Column("model", "model", Format.TEXT),
            new Column("machine", "machine", Format.TEXT)),
        rows);
  }

  private static Table matches(Comparison comparison) {
    List<Column> columns =
        columns(
            new Column("number", "#", Format.COUNT),
            new Column("tokensPerSecondBefore", "was", Format.NUMBER),
            new Column("tokensPerSecond", "is", Format.NUMBER),
            new Column("ratio", "ratio", Format.NUMBER),
            new Column("ratioLow", "from", Format.NUMBER),
            new Column("ratioHigh", "to", Format.NUMBER),
            new Column("verdict", "it is", Format.TEXT),
            new Column("kvDtypeBefore", "kv was", Format.TEXT),
            new Column("kvDtype", "kv is", Format.TEXT));
    List<List<Object>> rows =
        comparison.matches().stream()
            .map(
                match -> {
                  Ratio ratio = match.ratio();
                  return row(
                      match.step(),
                      match.after(),
                      match.was().tokensPerSecond(),
                      match.is().tokensPerSecond(),
                      ratio.value(),
                      ratio.interval().map(Interval::low).orElse(null),
                      ratio.interval().map(Interval::high).filter(Double::isFinite).orElse(null),
                      ratio.verdict().toString(),
                      match.step().kvDtype().orElse(null),
                      match.partner().kvDtype().orElse(null));
                })
            .toList();
    return new Table("steps", "tokens/s", columns, rows).withKeyColumns(STEP.size());
  }

  private static Table unmatched(Comparison comparison) {
    return new Table(
            "unmatched",
            "without a partner",
            columns(
                new Column("has", "is in", Format.COUNT),
                new Column("lacks", "is not in", Format.COUNT),
                new Column("kvDtype", "kv", Format.TEXT)),
            comparison.unmatched().stream()
                .map(
                    each ->
                        row(
                            each.step(),
                            each.has(),
                            each.lacks(),
                            each.step().kvDtype().orElse(null)))
                .toList())
        .withKeyColumns(STEP.size());
  }

  private static List<Column> columns(Column... further) {
    return Stream.concat(STEP.stream(), Arrays.stream(further)).toList();
  }

  private static List<Object> row(StepKey step, Object... further) {
    List<Object> row = new ArrayList<>();
    row.add(step.phase().label());
    row.add(step.dtype());
    row.add(step.threads());
    row.add(step.batch());
    row.add(step.newTokens());
    row.add(step.context());
    row.addAll(Arrays.asList(further));
    return row;
  }

  static List<String> notes(Comparison comparison) {
    List<String> notes = new ArrayList<>();
    for (int i = 1; i <= comparison.measurements().size(); i++) {
      int number = i;
      if (comparison.matches().stream()
          .noneMatch(match -> match.before() == number || match.after() == number)) {
        notes.add("Nothing of " + number + " was compared: another model, or no step in common.");
      }
    }
    comparison.matches().stream()
        .flatMap(match -> match.otherCaches().stream())
        .collect(
            Collectors.groupingBy(formats -> formats, LinkedHashMap::new, Collectors.counting()))
        .forEach((formats, steps) -> notes.add(note(formats, steps)));
    notes.add(
        "ratio: how many times as fast it is as it was. from, to: the quotients of the ends of both"
            + " medians' intervals of 90 %, which hold the ratio with 80 % at least. It is faster"
            + " or slower where they leave out 1, that is, where the two intervals do not overlap."
            + " Fewer than five samples make no interval.");
    return notes;
  }

  private static String note(Comparison.CacheFormats formats, long steps) {
    return String.format(
        Locale.ROOT,
        "In %s #%d stores keys and values in %s, and #%d in %s: their ratios are of these formats,"
            + " too, and a roofline has both at the intensity of one.",
        Units.count(steps, "step"),
        formats.before(),
        formats.was(),
        formats.after(),
        formats.is());
  }
}
