package dev.ridgepoint.bench.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rows of values under columns.
 *
 * @param key its name in JSON, in camelCase
 * @param title its name for readers; empty for none
 * @param columns what each value of a row is
 * @param rows values in the order of the columns; {@code null} where there is none
 * @param numKeyColumns how many columns, from the first, name a row: where a table is too wide for
 *     a terminal, they stand before each part of it
 */
public record Table(
    String key, String title, List<Column> columns, List<List<Object>> rows, int numKeyColumns) {
  /**
   * @throws IllegalArgumentException if a row has not as many values as there are columns
   */
  public Table {
    columns = List.copyOf(columns);
    for (List<Object> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "table %s: a row of %d values under %d columns",
                key,
                row.size(),
                columns.size()));
      }
    }
    rows = rows.stream().map(row -> Collections.unmodifiableList(new ArrayList<>(row))).toList();
  }

  /** A table whose first column names its rows. */
  public Table(String key, String title, List<Column> columns, List<List<Object>> rows) {
    this(key, title, columns, rows, 1);
  }

  /** The same with so many columns that name a row. */
  public Table withKeyColumns(int number) {
    return new Table(key, title, columns, rows, number);
  }

  /** A row; {@code null} stands for no value. */
  public static List<Object> row(Object... values) {
    return Collections.unmodifiableList(Arrays.asList(values.clone()));
  }

  /** A table with a row for each list of cells, under all columns that any of them has. */
  public static Table ofCells(String key, String title, List<List<Cell>> records) {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (List<Cell> cells : records) {
      cells.forEach(cell -> columns.putIfAbsent(cell.column().key(), cell.column()));
    }
    List<List<Object>> rows = new ArrayList<>();
    for (List<Cell> cells : records) {
      Map<String, Object> values = new LinkedHashMap<>();
      cells.forEach(cell -> values.put(cell.column().key(), cell.value()));
      List<Object> row = new ArrayList<>();
      columns.keySet().forEach(name -> row.add(values.get(name)));
      rows.add(row);
    }
    return new Table(key, title, List.copyOf(columns.values()), rows);
  }

  /** The columns' numbers. */
  List<Integer> allColumns() {
    return IntStream.range(0, columns.size()).boxed().toList();
  }

  /** The headings and the values as readers see them. */
  List<List<String>> texts() {
    List<List<String>> texts = new ArrayList<>();
    texts.add(columns.stream().map(Column::heading).toList());
    for (List<Object> row : rows) {
      List<String> text = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        text.add(columns.get(i).format().brief(row.get(i)));
      }
      texts.add(text);
    }
    return texts;
  }
}
