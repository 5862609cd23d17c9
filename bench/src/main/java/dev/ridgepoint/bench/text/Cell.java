package dev.ridgepoint.bench.text;

import java.util.Objects;

/**
 * A value and what it is.
 *
 * @param column what it is
 * @param value a {@code String}, {@code Boolean} or {@code Number}; {@code null} if there is none
 */
public record Cell(Column column, Object value) {
  public Cell {
    Objects.requireNonNull(column, "column");
  }

  /** A value of a column that is made for it. */
  public static Cell of(String key, String heading, Format format, Object value) {
    return new Cell(new Column(key, heading, format), value);
  }
}
