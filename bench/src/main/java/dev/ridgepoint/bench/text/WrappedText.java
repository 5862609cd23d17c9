package dev.ridgepoint.bench.text;

import java.util.ArrayList;
import java.util.List;

/** Text broken into lines between words. */
public final class WrappedText {
  /** Columns of a terminal that everything is made to fit. */
  static final int TERMINAL_WIDTH = 100;

  private WrappedText() {}

  /** Lines of at most {@code width} columns, but for words that are longer; one line at least. */
  public static List<String> lines(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split(" +")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** The text behind a lead, its further lines below its first; every line ends with \n. */
  static String hanging(String lead, String text) {
    List<String> lines = lines(text, TERMINAL_WIDTH - lead.length());
    return lead + String.join("\n" + " ".repeat(lead.length()), lines) + "\n";
  }
}
