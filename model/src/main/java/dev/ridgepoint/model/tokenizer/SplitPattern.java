package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.lang.Character.UnicodeScript;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of a tokenizer's file, in Oniguruma's syntax as far as tokenizers use it.
 * The file is not trusted, and the JDK's matcher backtracks and recurses: so the steps of a text
 * are counted and bounded in proportion to its length, and a pattern that nests too deep is
 * refused.
 */
final class SplitPattern {
  private static final int MAX_CHARS = 1 << 14;
  private static final long STEPS_PER_CHAR = 256;
  // Patterns that group digits from the right look at the rest of a number from each of its
  // groups: numbers of some thousand digits must pass.
  private static final long STEPS_BESIDES = 10_000_000;

  private static final Pattern PROPERTY = Pattern.compile("\\\\p\\{(\\^?)(\\w+)}");

  private final String source;
  private final String field;
  private final Pattern pattern;

  private SplitPattern(String source, String field, Pattern pattern) {
    this.source = source;
    this.field = field;
    this.pattern = pattern;
  }

  /**
   * Compiles an expression.
   *
   * @param source the file, for messages
   * @param field the expression's name in messages
   * @throws InvalidInputException if it is malformed, or of another syntax
   */
  static SplitPattern of(String source, String field, String expression) {
    if (expression.length() > MAX_CHARS) {
      throw new InvalidInputException(
          source,
          String.format(
              Locale.ROOT,
              "%s has %d characters; at most %d",
              field,
              expression.length(),
              MAX_CHARS));
    }
    try {
      return new SplitPattern(
          source, field, Pattern.compile(translated(expression), Pattern.UNICODE_CHARACTER_CLASS));
    } catch (PatternSyntaxException e) {
      throw new InvalidInputException(
          source, "%s %s: %s".formatted(field, Shown.quote(expression), e.getDescription()), e);
    } catch (StackOverflowError e) {
      throw new InvalidInputException(source, field + " nests too deep", e);
    }
  }

  /** A pattern that matches {@code text} and nothing else. */
  static SplitPattern literal(String text) {
    return new SplitPattern("", "", Pattern.compile(text, Pattern.LITERAL));
  }

  /** Java names a script with {@code Is} before it, and negates with a great P. */
  private static String translated(String expression) {
    return PROPERTY
        .matcher(expression)
        .replaceAll(
            property ->
                Matcher.quoteReplacement(
                    "\\%s{%s%s}"
                        .formatted(
                            property.group(1).isEmpty() ? "p" : "P",
                            isScript(property.group(2)) ? "Is" : "",
                            property.group(2))));
  }

  private static boolean isScript(String name) {
    if (name.length() <= 2) {
      return false; // a general category
    }
    try {
      UnicodeScript.forName(name);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** Told of each match. */
  interface Found {
    void match(MatchResult match);
  }

  /**
   * Tells {@code found} of the matches in {@code text}, from left to right.
   *
   * @throws InvalidInputException if the text takes too many steps
   */
  void find(String text, Found found) {
    Matcher matcher = pattern.matcher(new CountedText(text));
    try {
      while (matcher.find()) {
        found.match(matcher);
      }
    } catch (StackOverflowError e) {
      throw tooManySteps(text, e);
    }
  }

  /** {@code text} with every match replaced by {@code replacement}, taken literally. */
  String replace(String text, String replacement) {
    StringBuilder replaced = new StringBuilder();
    int[] end = new int[1];
    find(
        text,
        match -> {
          replaced.append(text, end[0], match.start()).append(replacement);
          end[0] = match.end();
        });
    return replaced.append(text, end[0], text.length()).toString();
  }

  private InvalidInputException tooManySteps(String text, Throwable cause) {
    return new InvalidInputException(
        source,
        String.format(
            Locale.ROOT,
            "%s %s needs too many steps for a text of %d characters",
            field,
            Shown.quote(pattern.pattern()),
            text.length()),
        cause);
  }

  /** A text that counts how often the matcher looks at it. */
  private final class CountedText implements CharSequence {
    private final String text;
    private long left;

    CountedText(String text) {
      this.text = text;
      left = STEPS_BESIDES + STEPS_PER_CHAR * text.length();
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw tooManySteps(text, null);
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
