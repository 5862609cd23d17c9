package dev.ridgepoint.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Cuts a text into the words that are made into tokens one by one. */
interface PreTokenizer {
  /** One word. */
  PreTokenizer NONE = (text, _) -> List.of(text);

  /** SentencePiece's sign for a space, U+2581. */
  String SPACE_SIGN = "\u2581";

  /** What becomes of the text that a pattern matches. */
  enum Behavior {
    /** It is left out. */
    REMOVED,
    /** Each match is a word. */
    ISOLATED,
    /** Each match ends the word before it. */
    MERGED_WITH_PREVIOUS,
    /** Each match begins the word after it. */
    MERGED_WITH_NEXT,
    /** Matches in a row are one word. */
    CONTIGUOUS
  }

  /** When {@link #metaspace} adds a sign in front. */
  enum Prepend {
    ALWAYS,
    FIRST,
    NEVER
  }

  /**
   * The words of a text.
   *
   * @param atStart whether nothing stands before it
   */
  List<String> split(String text, boolean atStart);

  /** Each one cuts what those before it left. */
  static PreTokenizer sequence(List<PreTokenizer> all) {
    return (text, atStart) -> {
      List<String> words = List.of(text);
      for (PreTokenizer each : all) {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
          next.addAll(each.split(words.get(i), atStart && i == 0));
        }
        words = next;
      }
      return words;
    };
  }

  /**
   * Cuts where a pattern matches.
   *
   * @param inverted whether it is what does not match that counts as matching
   */
  static PreTokenizer split(SplitPattern pattern, Behavior behavior, boolean inverted) {
    return (text, _) -> {
      Cuts cuts = new Cuts(text, behavior);
      int[] end = new int[1];
      pattern.find(
          text,
          match -> {
            cuts.add(end[0], match.start(), inverted);
            cuts.add(match.start(), match.end(), !inverted);
            end[0] = match.end();
          });
      cuts.add(end[0], text.length(), inverted);
      return cuts.words();
    };
  }

  /** As {@link #split(SplitPattern, Behavior, boolean)}, where a character is of a kind. */
  static PreTokenizer split(IntPredicate kind, Behavior behavior) {
    return (text, _) -> {
      Cuts cuts = new Cuts(text, behavior);
      int gap = 0;
      for (int start = 0, end; start < text.length(); start = end) {
        end = text.offsetByCodePoints(start, 1);
        if (kind.test(text.codePointAt(start))) {
          cuts.add(gap, start, false);
          cuts.add(start, end, true);
          gap = end;
        }
      }
      cuts.add(gap, text.length(), false);
      return cuts.words();
    };
  }

  /** The characters of {@link ByteLevel} for the bytes of a text. */
  static PreTokenizer byteLevel() {
    return (text, _) -> List.of(ByteLevel.encode(text));
  }

  /** A space before a text that begins with none. */
  static PreTokenizer prefixSpace() {
    return (text, _) -> List.of(text.isEmpty() || text.startsWith(" ") ? text : " " + text);
  }

  /**
   * Spaces become signs, with one in front, and each begins a word.
   *
   * @param sign for a space
   * @param splits whether they begin words, or all stays one
   */
  static PreTokenizer metaspace(String sign, Prepend prepend, boolean splits) {
    PreTokenizer splitter =
        splits ? split(SplitPattern.literal(sign), Behavior.MERGED_WITH_NEXT, false) : NONE;
    return (text, atStart) -> {
      String signed = text.replace(" ", sign);
      boolean prepends = prepend == Prepend.ALWAYS || (prepend == Prepend.FIRST && atStart);
      return splitter.split(
          prepends && !signed.isEmpty() && !signed.startsWith(sign) ? sign + signed : signed,
          atStart);
    };
  }
}
