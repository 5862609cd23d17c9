package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.run.MedianInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/** A run's findings for a terminal. */
public final class PeersTable {
  private static final List<String> HEADINGS =
      List.of("work", "dtype", "thr", "engine", "Ridgepoint", "engine's", "", "ratio", "error");

  /** Columns of numbers, which end at the same place. */
  private static final List<String> NUMBERS =
      List.of("thr", "Ridgepoint", "engine's", "ratio", "error");

  private PeersTable() {}

  /** The table and what it takes to read it, in ASCII; lines separated by \n. */
  public static String render(PeersReport report) {
    StringBuilder out = new StringBuilder(report.machine()).append('\n');
    if (!report.comparisons().isEmpty()) {
      table(report.comparisons(), out);
      out.append(
          """

          ratio: how many times as fast Ridgepoint is as the engine; above 1 it is faster. The median
          of %d ratios, each of a JVM of Ridgepoint and, right after it, one of the engine; error: half
          of the interval that holds it with 90 %%, of fewer than five ratios half their range.
          Products: Ridgepoint's right operand is packed beforehand, as a model's weights are when it
          is loaded; the others get plain matrices, and pack in the time measured where they do.
          """
              .formatted(report.pairs()));
    }
    list("\nEngines\n", report.descriptions(), out);
    list("\nNot compared\n", report.failures(), out);
    return out.toString();
  }

  private static void table(List<Comparison> comparisons, StringBuilder out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    comparisons.forEach(comparison -> rows.add(cells(comparison)));
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row.get(i).length());
        boolean number = NUMBERS.contains(HEADINGS.get(i));
        line.append(number ? padding + row.get(i) : row.get(i) + padding).append("  ");
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static List<String> cells(Comparison comparison) {
    MedianInterval ratio = comparison.ratio();
    return List.of(
        comparison.workload().label(),
        comparison.dtype().name().toLowerCase(Locale.ROOT),
        Integer.toString(comparison.threads()),
        comparison.engine(),
        rounded(comparison.ours()),
        rounded(comparison.theirs()),
        comparison.workload().unit().toString(),
        rounded(ratio.median()),
        rounded(ratio.error()));
  }

  private static void list(String title, SortedMap<String, String> entries, StringBuilder out) {
    if (!entries.isEmpty()) {
      out.append(title);
      entries.forEach((name, text) -> out.append("%s: %s\n".formatted(name, text)));
    }
  }

  /** Three significant digits, of what is less than 1 three decimals. */
  private static String rounded(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
