package dev.ridgepoint.model.tokenizer;

import java.util.List;

/**
 * Ends a text that comes piece by piece before the first of some strings. What may be the beginning
 * of one is held back until it is known. Not safe for use by several threads.
 */
public final class StopTexts {
  private final List<String> stops;
  private String held = "";
  private boolean isReached;

  /**
   * @param stops none of them empty
   */
  public StopTexts(List<String> stops) {
    if (stops.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("an empty string would stop at once");
    }
    this.stops = List.copyOf(stops);
  }

  /** The text that a further piece lets pass. */
  public String append(String piece) {
    if (isReached) {
      return "";
    }
    String text = held + piece;
    int end = stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
    if (end >= 0) {
      isReached = true;
      held = "";
      return text.substring(0, end);
    }
    int from = text.length() - longestBeginning(text);
    held = text.substring(from);
    return text.substring(0, from);
  }

  /** Whether one of the strings has come. */
  public boolean isReached() {
    return isReached;
  }

  /** What was held back, when no more text comes. */
  public String finish() {
    String rest = held;
    held = "";
    return rest;
  }

  /** Length of the longest end of the text that is the beginning of a stop. */
  private int longestBeginning(String text) {
    int longest = 0;
    for (String stop : stops) {
      for (int size = Math.min(stop.length() - 1, text.length()); size > longest; size--) {
        if (text.endsWith(stop.substring(0, size))) {
          longest = size;
        }
      }
    }
    return longest;
  }
}
