package dev.ridgepoint.model.tokenizer;

/** Kinds of characters as tokenizers know them. */
final class Characters {
  private Characters() {}

  /** Unicode's White_Space. */
  static boolean isSpace(int codePoint) {
    return Character.isSpaceChar(codePoint)
        || (codePoint >= '\t' && codePoint <= '\r')
        || codePoint == 0x85;
  }

  /** A letter, mark, digit or connector, as {@code \w} has it. */
  static boolean isWord(int codePoint) {
    return Character.isLetterOrDigit(codePoint)
        || isMark(codePoint)
        || Character.getType(codePoint) == Character.CONNECTOR_PUNCTUATION;
  }

  /** What combines with the letter before it. */
  static boolean isMark(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  /** BERT's punctuation: Unicode's, and all of ASCII that is neither letter, digit nor space. */
  static boolean isBertPunctuation(int codePoint) {
    if (codePoint < 0x80) {
      return codePoint > ' ' && codePoint < 0x7f && !Character.isLetterOrDigit(codePoint);
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** The ideographs that BERT takes as words: not all of Unicode's. */
  static boolean isBertIdeograph(int codePoint) {
    return (codePoint >= 0x4e00 && codePoint <= 0x9fff)
        || (codePoint >= 0x3400 && codePoint <= 0x4dbf)
        || (codePoint >= 0x20000 && codePoint <= 0x2a6df)
        || (codePoint >= 0x2a700 && codePoint <= 0x2b73f)
        || (codePoint >= 0x2b740 && codePoint <= 0x2b81f)
        || (codePoint >= 0x2b820 && codePoint <= 0x2ceaf)
        || (codePoint >= 0xf900 && codePoint <= 0xfaff)
        || (codePoint >= 0x2f800 && codePoint <= 0x2fa1f);
  }
}
