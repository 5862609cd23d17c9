package dev.ridgepoint.bench.text;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Tables as CSV (RFC 4180): a line of keys, then a line per row with every digit of every number.
 * No value is an empty field.
 */
public final class CsvTables {
  private CsvTables() {}

  /** The table; lines end with \n. */
  public static String render(Table table) {
    StringBuilder out = new StringBuilder();
    out.append(line(table.columns().stream().map(Column::key).toList()));
    table.rows().forEach(row -> out.append(line(row.stream().map(CsvTables::text).toList())));
    return out.toString();
  }

  private static String line(List<String> fields) {
    return fields.stream().map(CsvTables::quoted).collect(Collectors.joining(",")) + "\n";
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }

  private static String quoted(String field) {
    boolean needsQuotes = field.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n');
    return needsQuotes ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }
}
