package dev.ridgepoint.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * GPT-2's alphabet: a printable character for each byte, so that any text is made of 256
 * characters. Printable ASCII and Latin-1 stand for themselves, the other bytes for the characters
 * from U+0100 on.
 */
final class ByteLevel {
  private static final int BYTES = 256;
  private static final char FIRST_OTHER = '\u0100';
  private static final char[] CHARACTERS = new char[BYTES];
  private static final int[] VALUES = new int[2 * BYTES];

  static {
    Arrays.fill(VALUES, -1);
    char other = FIRST_OTHER;
    for (char value = 0; value < BYTES; value++) {
      CHARACTERS[value] = isPrintable(value) ? value : other++;
      VALUES[CHARACTERS[value]] = value;
    }
  }

  private ByteLevel() {}

  private static boolean isPrintable(char value) {
    return (value >= '!' && value <= '~') || (value >= 0xa1 && value != 0xad);
  }

  /** All 256 characters, in the order of their code points. */
  static IntStream alphabet() {
    return new String(CHARACTERS).chars().sorted();
  }

  /** The characters of a text's bytes in UTF-8. */
  static String encode(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder encoded = new StringBuilder(utf8.length);
    for (byte each : utf8) {
      encoded.append(CHARACTERS[each & 0xff]);
    }
    return encoded.toString();
  }

  /** The bytes of which all characters of {@code piece} stand for one. */
  static Optional<byte[]> decode(String piece) {
    byte[] bytes = new byte[piece.length()];
    for (int i = 0; i < bytes.length; i++) {
      char character = piece.charAt(i);
      if (character >= VALUES.length || VALUES[character] < 0) {
        return Optional.empty();
      }
      bytes[i] = (byte) VALUES[character];
    }
    return Optional.of(bytes);
  }
}
