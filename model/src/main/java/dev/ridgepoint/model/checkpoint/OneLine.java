package dev.ridgepoint.model.checkpoint;

import java.util.Locale;

/** Text from a file as it may appear in a one-line message. */
final class OneLine {
  private static final int MAX_CHARS = 160;

  private OneLine() {}

  /** {@code text} without control characters and unpaired surrogates, cut when long. */
  static String of(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MAX_CHARS)
        .forEach(
            codePoint -> {
              if (isPrintable(codePoint)) {
                line.appendCodePoint(codePoint);
              } else {
                line.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
              }
            });
    if (text.codePointCount(0, text.length()) > MAX_CHARS) {
      line.append("...");
    }
    return line.toString();
  }

  /** As {@link #of}, in double quotes. */
  static String quote(String text) {
    return '"' + of(text) + '"';
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
