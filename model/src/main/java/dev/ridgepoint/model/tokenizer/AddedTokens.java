package dev.ridgepoint.model.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokens that are found in a text as they stand, before anything is cut: those that steer a
 * model, such as an end of turn, and what was added to a vocabulary later.
 */
final class AddedTokens {

  /**
   * One of them.
   *
   * @param special whether it steers the model rather than being text
   * @param normalized whether it is looked for in the normalised text
   * @param singleWord whether only where no letter or digit stands beside it
   * @param leftStrip whether white space before it belongs to it
   * @param rightStrip whether white space behind it does
   */
  record Token(
      String text,
      int id,
      boolean special,
      boolean normalized,
      boolean singleWord,
      boolean leftStrip,
      boolean rightStrip) {

    /** One that steers the model. */
    static Token special(String text, int id) {
      return new Token(text, id, true, false, false, false, false);
    }

    /** One that is text. */
    static Token text(String text, int id, boolean normalized) {
      return new Token(text, id, false, normalized, false, false, false);
    }
  }

  /** A piece of a text: an added token, or what lies between. */
  record Section(String text, OptionalInt token) {}

  private final Map<Integer, Token> tokens = new HashMap<>();
  private final PrefixIndex index;

  AddedTokens(List<Token> tokens) {
    Map<String, Integer> ids = new HashMap<>();
    for (Token token : tokens) {
      if (!token.text().isEmpty()) {
        ids.put(token.text(), token.id());
        this.tokens.put(token.id(), token);
      }
    }
    index =
        new PrefixIndex(
            ids.entrySet().stream()
                .map(entry -> new PrefixIndex.Entry(entry.getKey(), entry.getValue()))
                .toList());
  }

  /** Whether the token of this id is one that steers the model. */
  boolean isSpecial(int id) {
    Token token = tokens.get(id);
    return token != null && token.special();
  }

  /**
   * Cuts a text where these tokens are, the longest of those that begin at a place.
   *
   * @param parseSpecial whether text that looks like a special token is that token
   */
  List<Section> split(String text, boolean parseSpecial) {
    List<Section> sections = new ArrayList<>();
    int end = 0;
    int[] longest = new int[2]; // id and end
    for (int start = 0; start < text.length(); start++) {
      longest[1] = 0;
      index.match(
          text,
          start,
          (id, matchEnd) -> {
            if (parseSpecial || !tokens.get(id).special()) {
              longest[0] = id;
              longest[1] = matchEnd;
            }
          });
      if (longest[1] == 0) {
        continue;
      }
      Token token = tokens.get(longest[0]);
      int matchEnd = longest[1];
      if (!token.singleWord() || standsAlone(text, start, matchEnd)) {
        int from = token.leftStrip() ? Math.max(end, startOfSpace(text, start)) : start;
        int to = token.rightStrip() ? endOfSpace(text, matchEnd) : matchEnd;
        addText(sections, text, end, from);
        sections.add(new Section(text.substring(from, to), OptionalInt.of(token.id())));
        end = to;
      }
      start = Math.max(matchEnd, end) - 1;
    }
    addText(sections, text, end, text.length());
    return sections;
  }

  private static void addText(List<Section> sections, String text, int start, int end) {
    if (start < end) {
      sections.add(new Section(text.substring(start, end), OptionalInt.empty()));
    }
  }

  private static boolean standsAlone(String text, int start, int end) {
    return (start == 0 || !Characters.isWord(text.codePointBefore(start)))
        && (end == text.length() || !Characters.isWord(text.codePointAt(end)));
  }

  private static int startOfSpace(String text, int from) {
    int start = from;
    while (start > 0 && Characters.isSpace(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int endOfSpace(String text, int from) {
    int end = from;
    while (end < text.length() && Characters.isSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
