package dev.ridgepoint.bench.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TablesTest {
  private static final Table TABLE =
      new Table(
          "things",
          "Things",
          List.of(
              new Column("name", "thing", Format.TEXT),
              new Column("bytes", "bytes", Format.BYTES),
              new Column("share", "of all", Format.SHARE)),
          List.of(Table.row("a, \"b\"", 1_234_567L, 0.25), Table.row("c|d", null, null)));

  @Test
  void onATerminalColumnsAreAligned() {
    assertEquals(
        """
        Things
          thing     bytes  of all
          a, "b"  1.23 MB  25.0 %
          c|d
        """,
        TextTables.render(TABLE));
  }

  @Test
  void csvKeepsEveryDigit() {
    assertEquals(
        "name,bytes,share\n\"a, \"\"b\"\"\",1234567,0.25\nc|d,,\n", CsvTables.render(TABLE));
  }

  @Test
  void markdownEscapesItsOwnSign() {
    assertEquals(
        """
        **Things**

        | thing | bytes | of all |
        | --- | ---: | ---: |
        | a, "b" | 1.23 MB | 25.0 % |
        | c\\|d |  |  |
        """,
        MarkdownTables.render(TABLE));
  }

  @Test
  void jsonLeavesOutWhatHasNoValue() {
    assertEquals(
        "[{\"name\":\"a, \\\"b\\\"\",\"bytes\":1234567,\"share\":0.25},{\"name\":\"c|d\"}]",
        JsonTables.rows(TABLE).toString());
  }

  @Test
  void cellsUnderDifferentColumnsShareATable() {
    Table table =
        Table.ofCells(
            "t",
            "",
            List.of(
                List.of(Cell.of("a", "A", Format.COUNT, 1)),
                List.of(
                    Cell.of("b", "B", Format.COUNT, 2), Cell.of("a", "A", Format.COUNT, 1000))));
    assertEquals("a,b\n1,\n1000,2\n", CsvTables.render(table));
    assertEquals("      A  B\n      1\n  1,000  2\n", TextTables.render(table));
  }

  @Test
  void whatIsTooWideIsBrokenAndThenParted() {
    String words = "word ".repeat(30).strip();
    Table table =
        new Table(
            "t",
            "",
            List.of(
                new Column("key", "key", Format.TEXT),
                new Column("a", "a heading of five words", Format.COUNT),
                new Column("text", "text", Format.TEXT)),
            List.of(Table.row("k", 1, words)));
    assertEquals(
        """
          key  a heading of five words
          k                          1

          key  text
          k    %s
               %s
        """
            .formatted("word ".repeat(18).strip(), "word ".repeat(12).strip()),
        TextTables.render(table));
  }

  @Test
  void severalColumnsCanNameARow() {
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.of("model", "model", Format.TEXT, "m"));
    cells.add(Cell.of("batch", "batch", Format.COUNT, 8));
    for (int i = 0; i < 12; i++) {
      cells.add(Cell.of("c" + i, "c" + i, Format.COUNT, 1_000_000_000_000L));
    }
    String text = TextTables.render(Table.ofCells("t", "", List.of(cells)).withKeyColumns(2));
    List<String> lines = text.lines().toList();
    assertEquals(3, lines.stream().filter(line -> line.startsWith("  m          8  ")).count());
    assertTrue(lines.stream().allMatch(line -> line.length() <= 100), text);
  }

  @Test
  void longFactsHangBehindTheirHeadings() {
    String words = "word ".repeat(30).strip();
    assertEquals(
        "  source  %s\n          %s\n"
            .formatted("word ".repeat(18).strip(), "word ".repeat(12).strip()),
        TextTables.render(List.of(Cell.of("source", "source", Format.TEXT, words))));
  }

  @Test
  void rowsMustFitTheColumns() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Table("t", "", TABLE.columns(), List.of(Table.row(1))));
  }
}
