package dev.ridgepoint.bench.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * Tables for a terminal: aligned columns, no colours. Headings and words are broken into lines, and
 * columns that still do not fit follow beneath, behind those that name the rows.
 */
public final class TextTables {
  private static final String GAP = "  ";

  private TextTables() {}

  /** Title, headings, values; lines end with \n. */
  public static String render(Table table) {
    List<List<String>> texts = table.texts();
    StringBuilder out = new StringBuilder();
    if (!table.title().isEmpty()) {
      out.append(WrappedText.hanging("", table.title()));
    }
    int[] whole = wholeWidths(texts);
    int[] broken = brokenWidths(table, texts);
    String separator = "";
    for (List<Integer> part : parts(table, fits(whole, table.allColumns()) ? whole : broken)) {
      int[] widths = fits(whole, part) ? whole : broken;
      out.append(separator);
      separator = "\n";
      List<List<String>> lines = new ArrayList<>();
      for (int row = 0; row < texts.size(); row++) {
        addLines(lines, part, texts.get(row), widths, row == 0);
      }
      aligned(lines, i -> table.columns().get(part.get(i)).format().isNumeric())
          .forEach(line -> out.append(GAP).append(line).append('\n'));
    }
    return out.toString();
  }

  /** One cell per line, its heading before it. */
  public static String render(List<Cell> cells) {
    int headings =
        cells.stream().mapToInt(cell -> cell.column().heading().length()).max().orElse(0);
    StringBuilder out = new StringBuilder();
    for (Cell cell : cells) {
      String heading = cell.column().heading();
      String lead = GAP + heading + " ".repeat(headings - heading.length()) + GAP;
      out.append(WrappedText.hanging(lead, cell.column().format().full(cell.value())));
    }
    return out.toString();
  }

  /** Whose and where the command is, and below it what to copy. */
  static String render(ShellCommand command) {
    return WrappedText.hanging("", command.program() + " " + command.place())
        + command.block().indent(GAP.length());
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

  private static boolean fits(int[] widths, List<Integer> part) {
    int total = part.stream().mapToInt(column -> GAP.length() + widths[column]).sum();
    return total <= WrappedText.TERMINAL_WIDTH;
  }

  /** With every heading and value on one line. */
  private static int[] wholeWidths(List<List<String>> texts) {
    int[] widths = new int[texts.getFirst().size()];
    Arrays.setAll(widths, column -> widest(texts.stream(), column));
    return widths;
  }

  /** With headings broken into words, and words of values where they are too wide. */
  private static int[] brokenWidths(Table table, List<List<String>> texts) {
    int[] widths = new int[table.columns().size()];
    for (int column = 0; column < widths.length; column++) {
      String heading = texts.getFirst().get(column);
      int word = Arrays.stream(heading.split(" ")).mapToInt(String::length).max().orElse(0);
      widths[column] = Math.max(widest(texts.stream().skip(1), column), word);
      boolean isNumeric = table.columns().get(column).format().isNumeric();
      if (column >= table.numKeyColumns() && !isNumeric) {
        widths[column] = Math.min(widths[column], Math.max(word, room(table, widths)));
      }
    }
    return widths;
  }

  private static int widest(Stream<List<String>> rows, int column) {
    return rows.mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  /** What the columns that name a row leave. */
  private static int room(Table table, int[] widths) {
    int keys = 0;
    for (int column = 0; column < table.numKeyColumns(); column++) {
      keys += widths[column] + GAP.length();
    }
    return WrappedText.TERMINAL_WIDTH - GAP.length() - keys;
  }

  /** The columns of each part that fits. */
  private static List<List<Integer>> parts(Table table, int[] widths) {
    List<Integer> keys = table.allColumns().subList(0, table.numKeyColumns());
    int room = room(table, widths);
    List<List<Integer>> parts = new ArrayList<>();
    List<Integer> part = new ArrayList<>(keys);
    int free = room;
    for (int column = keys.size(); column < widths.length; column++) {
      if (widths[column] > free && part.size() > keys.size()) {
        parts.add(part);
        part = new ArrayList<>(keys);
        free = room;
      }
      part.add(column);
      free -= widths[column] + GAP.length();
    }
    parts.add(part);
    return parts;
  }

  /** The lines of one row: headings stand on the values, values hang from the first line. */
  private static void addLines(
      List<List<String>> lines,
      List<Integer> part,
      List<String> texts,
      int[] widths,
      boolean isHeading) {
    List<List<String>> cells =
        part.stream()
            .map(column -> WrappedText.lines(texts.get(column), Math.max(1, widths[column])))
            .toList();
    int height = cells.stream().mapToInt(List::size).max().orElse(1);
    for (int line = 0; line < height; line++) {
      List<String> row = new ArrayList<>();
      for (List<String> cell : cells) {
        int index = isHeading ? line - (height - cell.size()) : line;
        row.add(index >= 0 && index < cell.size() ? cell.get(index) : "");
      }
      lines.add(row);
    }
  }
}
