package dev.ridgepoint.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Widths of text without a font: a headless machine may have none, and the reader's is unknown. The
 * advances are those of the widest common sans-serif (DejaVu Sans), so that real text is narrower.
 */
final class TextMetrics {
  private TextMetrics() {}

  /** Upper estimate of the width of {@code text} set at {@code size}, in the unit of size. */
  static double width(String text, double size) {
    return size * text.chars().mapToDouble(TextMetrics::advance).sum();
  }

  /** {@code text} broken at spaces into lines at most {@code width} wide; longer words are kept. */
  static List<String> wrap(String text, double size, double width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+")) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (!line.isEmpty() && width(longer, size) > width) {
        lines.add(line.toString());
        line.setLength(0);
        line.append(word);
      } else {
        line.replace(0, line.length(), longer);
      }
    }
    lines.add(line.toString());
    return lines.stream().map(l -> shorten(l, size, width)).toList();
  }

  /** {@code text}, or its beginning and an ellipsis where it is wider than {@code width}. */
  static String shorten(String text, double size, double width) {
    if (width(text, size) <= width) {
      return text;
    }
    int end = text.length();
    while (end > 0 && width(text.substring(0, end) + "…", size) > width) {
      end--;
    }
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }

  private static double advance(int c) {
    if (" .,:;'|!iIjl()[]-/".indexOf(c) >= 0) {
      return 0.4;
    }
    if ("mwMW%@…".indexOf(c) >= 0) {
      return 1.0;
    }
    if (c >= 'A' && c <= 'Z') {
      return 0.74;
    }
    return c < 0x2E80 ? 0.64 : 1.0;
  }
}
