package dev.ridgepoint.bench.text;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a command's tables are written. */
public enum Document {
  /** For a terminal. */
  TEXT {
    @Override
    String render(Table table) {
      return TextTables.render(table);
    }
  },
  /** CSV; several tables are separated by an empty line. */
  CSV {
    @Override
    String render(Table table) {
      return CsvTables.render(table);
    }
  },
  /** GitHub's Markdown. */
  MARKDOWN {
    @Override
    String render(Table table) {
      return MarkdownTables.render(table);
    }
  },
  /** One table is an array of its rows; commands that say more build their own tree. */
  JSON {
    @Override
    String render(Table table) {
      return JsonTables.text(JsonTables.rows(table));
    }
  };

  abstract String render(Table table);

  /** Tables one after the other. */
  public String render(Table... tables) {
    return Stream.of(tables).map(this::render).collect(Collectors.joining("\n"));
  }
}
