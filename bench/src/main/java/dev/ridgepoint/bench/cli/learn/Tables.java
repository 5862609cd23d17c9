package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Tables of pages: a row for each of some values. */
final class Tables {
  private Tables() {}

  /** A table without a title, whose rows are the cells of each value. */
  static <T> Table of(List<T> values, Function<T, List<Cell>> row) {
    return Table.ofCells("page", "", values.stream().map(row).toList());
  }

  /** A value under a heading. */
  static Cell cell(String heading, Format format, Object value) {
    return Cell.of(heading, heading, format, value);
  }

  /** Cells, and those that only some tables have. */
  static List<Cell> join(List<Cell> cells, List<Cell> more) {
    return Stream.concat(cells.stream(), more.stream()).toList();
  }
}
