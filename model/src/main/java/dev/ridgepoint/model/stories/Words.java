package dev.ridgepoint.model.stories;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tables of words. A table begins with {@code [table] field | field | ...}; each row after it has a
 * value for each field, and may end with one more: tags. Several rows on a line are separated by
 * semicolons; {@code #} begins a comment.
 */
final class Words {
  private final Map<String, List<Entity>> tables = new LinkedHashMap<>();

  private Words() {}

  /** Reads the tables of a text. */
  static Words parse(String text) {
    Words words = new Words();
    List<String> fields = List.of();
    List<Entity> rows = List.of();
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.startsWith("[")) {
        int end = line.indexOf(']');
        fields = cells(line.substring(end + 1));
        rows = new ArrayList<>();
        words.tables.put(line.substring(1, end), rows);
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        for (String row : line.split(";")) {
          rows.add(row(fields, cells(row)));
        }
      }
    }
    return words;
  }

  private static List<String> cells(String row) {
    return List.of(row.strip().split("\\s*\\|\\s*"));
  }

  private static Entity row(List<String> fields, List<String> cells) {
    if (cells.size() < fields.size() || cells.size() > fields.size() + 1) {
      throw new IllegalArgumentException(cells + " has not the fields " + fields);
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      values.put(fields.get(i), cells.get(i));
    }
    return new Entity(
        values, cells.size() == fields.size() ? Set.of() : Set.of(cells.getLast().split(" ")));
  }

  boolean has(String table) {
    return tables.containsKey(table);
  }

  /** The rows of a table. */
  List<Entity> table(String name) {
    List<Entity> rows = tables.get(name);
    if (rows == null) {
      throw new IllegalArgumentException("no table " + name);
    }
    return rows;
  }
}
