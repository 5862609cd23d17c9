package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What stands for text that no token covers: a token per UTF-8 byte, named {@code <0x00>} to {@code
 * <0xFF>}, or else one token for everything unknown, or else nothing.
 *
 * @param byteIds the ids of the 256 bytes, or empty
 * @param unknown the id of the unknown token
 * @param fuse whether unknown characters in a row are one unknown token
 */
record UnknownPieces(int[] byteIds, OptionalInt unknown, boolean fuse) {
  private static final int BYTES = 256;
  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-Fa-f]{2}>");

  /**
   * Whether a byte has its token; refuses a vocabulary with some but not all of them.
   *
   * @param source the file, for messages
   */
  static int[] byteIds(String source, Vocabulary vocabulary) {
    int[] ids =
        IntStream.range(0, BYTES).map(value -> vocabulary.id(byteName(value)).orElse(-1)).toArray();
    for (int value = 0; value < BYTES; value++) {
      if (ids[value] < 0) {
        throw new InvalidInputException(
            source, "byte fallback needs 256 tokens, but %s is missing".formatted(byteName(value)));
      }
    }
    return ids;
  }

  /** The byte that a token stands for, or -1. */
  static int byteOf(String piece) {
    return piece.length() == 6 && BYTE.matcher(piece).matches()
        ? Integer.parseInt(piece, 3, 5, 16)
        : -1;
  }

  private static String byteName(int value) {
    return String.format(Locale.ROOT, "<0x%02X>", value);
  }

  /**
   * The tokens of a character that no token covers.
   *
   * @param afterUnknown whether the character before it was unknown, too
   */
  int[] ids(String character, boolean afterUnknown) {
    if (byteIds.length > 0) {
      byte[] utf8 = character.getBytes(StandardCharsets.UTF_8);
      return IntStream.range(0, utf8.length).map(i -> byteIds[utf8[i] & 0xff]).toArray();
    }
    return unknown.isEmpty() || (fuse && afterUnknown)
        ? new int[0]
        : new int[] {unknown.getAsInt()};
  }
}
