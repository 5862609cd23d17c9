package dev.ridgepoint.bench.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Tables as GitHub's Markdown has them. */
public final class MarkdownTables {
  private MarkdownTables() {}

  /** Title, headings, values; lines end with \n. */
  public static String render(Table table) {
    List<List<String>> texts = new ArrayList<>(table.texts());
    texts.add(
        1,
        table.columns().stream()
            .map(column -> column.format().isNumeric() ? "---:" : "---")
            .toList());
    String title = table.title().isEmpty() ? "" : "**" + escaped(table.title()) + "**\n\n";
    return title + texts.stream().map(MarkdownTables::line).collect(Collectors.joining());
  }

  /** Whose and where the command is, and a block of what to copy. */
  static String render(ShellCommand command) {
    return "**%s %s**\n\n```sh\n%s```\n"
        .formatted(escaped(command.program()), escaped(command.place()), command.block());
  }

  private static String line(List<String> fields) {
    return fields.stream()
        .map(MarkdownTables::escaped)
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|");
  }
}
