package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Rewrites a text before it is cut. */
interface Normalizer {
  /** Changes nothing. */
  Normalizer NONE = text -> text;

  /** More than any text has. */
  int MAX_MARKS = 1000;

  /** The text that is cut instead of {@code text}. */
  String normalize(String text);

  /** One after the other. */
  static Normalizer sequence(List<Normalizer> all) {
    return text -> {
      String result = text;
      for (Normalizer each : all) {
        result = each.normalize(result);
      }
      return result;
    };
  }

  /** One of Unicode's normal forms. */
  static Normalizer form(Form form) {
    return text -> {
      requireFewMarks(text);
      return java.text.Normalizer.normalize(text, form);
    };
  }

  /** The JDK sorts the marks of a letter by insertion, in quadratic time. */
  private static void requireFewMarks(String text) {
    int marks = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      marks = Characters.isMark(text.codePointAt(i)) ? marks + 1 : 0;
      if (marks > MAX_MARKS) {
        throw new InvalidInputException(
            "text", "has more than " + MAX_MARKS + " combining marks in a row");
      }
    }
  }

  /** Lower case, by Unicode's rules without those of a language. */
  static Normalizer lowercase() {
    return text -> text.toLowerCase(Locale.ROOT);
  }

  /** Without non-spacing marks, which {@link Form#NFD} separates from their letters. */
  static Normalizer stripAccents() {
    return text ->
        without(text, codePoint -> Character.getType(codePoint) == Character.NON_SPACING_MARK);
  }

  /** {@code prefix} before every text that is not empty. */
  static Normalizer prepend(String prefix) {
    return text -> text.isEmpty() ? text : prefix + text;
  }

  /** Every match replaced by a text. */
  static Normalizer replace(SplitPattern pattern, String replacement) {
    return text -> pattern.replace(text, replacement);
  }

  /** Without white space at the ends named. */
  static Normalizer strip(boolean left, boolean right) {
    return text -> {
      String stripped = left ? text.stripLeading() : text;
      return right ? stripped.stripTrailing() : stripped;
    };
  }

  /** SentencePiece's {@code remove_extra_whitespaces}: none at the ends, single ones between. */
  static Normalizer singleSpaces() {
    return text -> text.strip().replaceAll(" {2,}", " ");
  }

  /** BERT's: controls removed, every white space a space, and what its flags say. */
  static Normalizer bert(
      boolean cleanText, boolean chinese, boolean stripAccents, boolean lowercase) {
    return text -> {
      String result = cleanText ? clean(text) : text;
      result = chinese ? aroundIdeographs(result) : result;
      result = stripAccents ? stripAccents().normalize(form(Form.NFD).normalize(result)) : result;
      return lowercase ? result.toLowerCase(Locale.ROOT) : result;
    };
  }

  private static String clean(String text) {
    StringBuilder cleaned = new StringBuilder();
    text.codePoints()
        .filter(codePoint -> codePoint != 0 && codePoint != 0xfffd && !isControl(codePoint))
        .forEach(
            codePoint -> cleaned.appendCodePoint(Characters.isSpace(codePoint) ? ' ' : codePoint));
    return cleaned.toString();
  }

  private static boolean isControl(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL -> codePoint != '\t' && codePoint != '\n' && codePoint != '\r';
      case Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  private static String aroundIdeographs(String text) {
    StringBuilder spaced = new StringBuilder();
    text.codePoints()
        .forEach(
            codePoint -> {
              if (Characters.isBertIdeograph(codePoint)) {
                spaced.append(' ').appendCodePoint(codePoint).append(' ');
              } else {
                spaced.appendCodePoint(codePoint);
              }
            });
    return spaced.toString();
  }

  private static String without(String text, IntPredicate dropped) {
    return text.codePoints()
        .filter(codePoint -> !dropped.test(codePoint))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
