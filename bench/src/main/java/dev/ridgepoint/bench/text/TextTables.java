package dev.ridgepoint.bench.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Tables for a terminal: aligned columns, no colours. */
public final class TextTables {
  private static final String GAP = "  ";

  private TextTables() {}

  /** Title, headings, values; lines end with \n. */
  public static String render(Table table) {
    StringBuilder out = new StringBuilder();
    if (!table.title().isEmpty()) {
      out.append(table.title()).append('\n');
    }
    aligned(table.texts(), column -> table.columns().get(column).format().isNumeric())
        .forEach(line -> out.append(GAP).append(line).append('\n'));
    return out.toString();
  }

  /** One cell per line, its heading before it. */
  public static String render(List<Cell> cells) {
    List<List<String>> rows =
        cells.stream()
            .map(
                cell -> List.of(cell.column().heading(), cell.column().format().full(cell.value())))
            .toList();
    StringBuilder out = new StringBuilder();
    aligned(rows, column -> false).forEach(line -> out.append(GAP).append(line).append('\n'));
    return out.toString();
  }

  /** Lines whose columns begin, or end, at the same place. */
  public static List<String> aligned(List<List<String>> rows, IntPredicate isRightAligned) {
    if (rows.isEmpty()) {
      return List.of();
    }
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row.get(i).length());
        line.append(isRightAligned.test(i) ? padding + row.get(i) : row.get(i) + padding)
            .append(GAP);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
