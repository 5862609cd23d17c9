package dev.ridgepoint.model.tokenizer;

import java.util.Arrays;

/**
 * Decodes tokens as they come. A token may end within a character, which is held back until its
 * last byte has come. Not safe for use by several threads.
 */
public final class StreamingDecoder {
  private static final char REPLACEMENT = '\ufffd';
  // A character has at most four bytes, so that what is none after so many tokens never will be.
  private static final int MOST_HELD_BACK = 8;

  private final Tokenizer tokenizer;
  private final boolean withSpecial;
  // Tokens shown, since what the next ones look like may depend on them, then those held back.
  private int[] window = new int[0];
  private int shownTokens;
  private int shownChars;

  /**
   * @param withSpecial whether special tokens are shown
   */
  public StreamingDecoder(Tokenizer tokenizer, boolean withSpecial) {
    this.tokenizer = tokenizer;
    this.withSpecial = withSpecial;
  }

  /** The text that one more token adds, perhaps none yet. */
  public String append(int id) {
    if (!withSpecial && tokenizer.isSpecial(id)) {
      return "";
    }
    window = Arrays.copyOf(window, window.length + 1);
    window[window.length - 1] = id;
    String text = tokenizer.decode(window, withSpecial);
    int complete = text.length();
    if (window.length - shownTokens < MOST_HELD_BACK) {
      while (complete > shownChars && text.charAt(complete - 1) == REPLACEMENT) {
        complete--;
      }
    }
    String added = text.substring(Math.min(shownChars, complete), complete);
    if (complete == text.length()) {
      restart();
    } else {
      shownChars = complete;
    }
    return added;
  }

  /** The text still held back, when no more tokens come. */
  public String finish() {
    String text = tokenizer.decode(window, withSpecial);
    String added = text.substring(Math.min(shownChars, text.length()));
    restart();
    return added;
  }

  private void restart() {
    window = Arrays.copyOfRange(window, shownTokens, window.length);
    shownTokens = window.length;
    shownChars = tokenizer.decode(window, withSpecial).length();
  }
}
