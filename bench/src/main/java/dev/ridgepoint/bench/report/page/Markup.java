package dev.ridgepoint.bench.report.page;

/** Escaping for the text of HTML. */
final class Markup {
  private Markup() {}

  /** {@code text} with the five markup characters escaped; control characters become spaces. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(isXmlCharacter(c) ? c : ' ');
              }
            });
    return out.toString();
  }

  /** XML 1.0's Char production, less the control characters that HTML refuses. */
  private static boolean isXmlCharacter(int c) {
    return (c >= 0x20 && c < 0x7F)
        || (c >= 0xA0 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
