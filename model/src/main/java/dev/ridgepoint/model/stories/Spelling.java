package dev.ridgepoint.model.stories;

import java.util.regex.Pattern;

/** What can only be written when a story's words are chosen: spaces, paragraphs, "an". */
final class Spelling {
  private static final Pattern PARAGRAPH = Pattern.compile("\\s*/\\s*");
  private static final Pattern SPACES = Pattern.compile(" {2,}");
  private static final Pattern AN = Pattern.compile("\\b([Aa])(?= [aeiouAEIOU])");

  private Spelling() {}

  /** A told story as it is printed; a {@code /} begins a new line. */
  static String of(String told) {
    String spaced = SPACES.matcher(told).replaceAll(" ").strip();
    return AN.matcher(PARAGRAPH.matcher(spaced).replaceAll("\n")).replaceAll("$1n");
  }
}
