package dev.ridgepoint.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes text of tokens' pieces again. */
interface Decoder {
  /** A space between all pieces. */
  Decoder SPACED = pieces -> List.of(String.join(" ", pieces));

  /** What the pieces become; all together, in a row, they are the text. */
  List<String> decode(List<String> pieces);

  /** One after the other. */
  static Decoder sequence(List<Decoder> all) {
    return pieces -> {
      List<String> result = pieces;
      for (Decoder each : all) {
        result = each.decode(result);
      }
      return result;
    };
  }

  /** The text whose bytes the characters of {@link ByteLevel} are. */
  static Decoder byteLevel() {
    return pieces -> {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (String piece : pieces) {
        bytes.writeBytes(
            ByteLevel.decode(piece).orElseGet(() -> piece.getBytes(StandardCharsets.UTF_8)));
      }
      return List.of(bytes.toString(StandardCharsets.UTF_8));
    };
  }

  /** Tokens of single bytes in a row become the text of these bytes in UTF-8. */
  static Decoder byteFallback() {
    return pieces -> {
      List<String> result = new ArrayList<>();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (String piece : pieces) {
        int value = UnknownPieces.byteOf(piece);
        if (value >= 0) {
          bytes.write(value);
        } else {
          flush(bytes, result);
          result.add(piece);
        }
      }
      flush(bytes, result);
      return result;
    };
  }

  private static void flush(ByteArrayOutputStream bytes, List<String> result) {
    if (bytes.size() > 0) {
      result.add(bytes.toString(StandardCharsets.UTF_8));
      bytes.reset();
    }
  }

  /** All pieces as one. */
  static Decoder fuse() {
    return pieces -> List.of(String.join("", pieces));
  }

  /** Every match in a piece replaced by a text. */
  static Decoder replace(SplitPattern pattern, String replacement) {
    return pieces -> pieces.stream().map(piece -> pattern.replace(piece, replacement)).toList();
  }

  /** Each piece without up to so many of a text at its ends. */
  static Decoder strip(String text, int start, int stop) {
    return pieces -> pieces.stream().map(piece -> strip(piece, text, start, stop)).toList();
  }

  private static String strip(String piece, String text, int start, int stop) {
    String result = piece;
    for (int i = 0; i < start && result.startsWith(text); i++) {
      result = result.substring(text.length());
    }
    for (int i = 0; i < stop && result.endsWith(text); i++) {
      result = result.substring(0, result.length() - text.length());
    }
    return result;
  }

  /**
   * Signs become spaces.
   *
   * @param dropsFirst whether the text begins with a sign that was added
   */
  static Decoder metaspace(String sign, boolean dropsFirst) {
    return indexed(
        (piece, first) ->
            (first && dropsFirst && piece.startsWith(sign) ? piece.substring(sign.length()) : piece)
                .replace(sign, " "));
  }

  /**
   * Words of {@link WordPieces}: a space before each piece that does not go on.
   *
   * @param cleansUp whether the spaces before punctuation are taken away, as in English
   */
  static Decoder wordPiece(String prefix, boolean cleansUp) {
    return indexed(
        (piece, first) -> {
          String spaced =
              first
                  ? piece
                  : piece.startsWith(prefix) ? piece.substring(prefix.length()) : " " + piece;
          return cleansUp ? cleanedUp(spaced) : spaced;
        });
  }

  private static String cleanedUp(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" do not", " don't")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }

  /** The suffix of a word's last piece becomes a space, but at the text's end. */
  static Decoder wordSuffix(String suffix) {
    return pieces -> {
      List<String> result = new ArrayList<>();
      for (int i = 0; i < pieces.size(); i++) {
        result.add(pieces.get(i).replace(suffix, i + 1 == pieces.size() ? "" : " "));
      }
      return result;
    };
  }

  /** What becomes of a piece that may be the first. */
  interface OfPiece {
    String decode(String piece, boolean first);
  }

  private static Decoder indexed(OfPiece decoder) {
    return pieces -> {
      List<String> result = new ArrayList<>();
      for (String piece : pieces) {
        result.add(decoder.decode(piece, result.isEmpty()));
      }
      return result;
    };
  }
}
