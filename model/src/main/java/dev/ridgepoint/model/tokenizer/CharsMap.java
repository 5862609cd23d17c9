package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * SentencePiece's {@code precompiled_charsmap}: a double-array trie of UTF-8 texts (Darts), each
 * with the text that replaces it. The longest that a text has at a place is replaced.
 */
final class CharsMap implements Normalizer {
  private final String source;
  private final int[] units;
  private final byte[] replacements;

  private CharsMap(String source, int[] units, byte[] replacements) {
    this.source = source;
    this.units = units;
    this.replacements = replacements;
  }

  /**
   * @param source the file, for messages
   * @param map the trie's size in bytes, the trie, and the replacements, each ended by a zero
   */
  static Normalizer of(String source, byte[] map) {
    if (map.length == 0) {
      return NONE;
    }
    ByteBuffer buffer = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
    int trieBytes = map.length < Integer.BYTES ? -1 : buffer.getInt();
    if (trieBytes < Integer.BYTES
        || trieBytes > buffer.remaining()
        || trieBytes % Integer.BYTES != 0) {
      throw malformed(source);
    }
    int[] units = new int[trieBytes / Integer.BYTES];
    buffer.asIntBuffer().get(units);
    byte[] replacements = new byte[buffer.remaining() - trieBytes];
    buffer.get(buffer.position() + trieBytes, replacements);
    return new CharsMap(source, units, replacements);
  }

  private static InvalidInputException malformed(String source) {
    return new InvalidInputException(source, "precompiled_charsmap is malformed");
  }

  @Override
  public String normalize(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream result = new ByteArrayOutputStream(utf8.length);
    for (int at = 0; at < utf8.length; ) {
      long found = longest(utf8, at);
      if (found < 0) {
        int length = characterBytes(utf8[at]);
        result.write(utf8, at, length);
        at += length;
      } else {
        writeReplacement((int) found, result);
        at = (int) (found >> Integer.SIZE);
      }
    }
    return result.toString(StandardCharsets.UTF_8);
  }

  private static int characterBytes(byte first) {
    return first >= 0 ? 1 : Integer.numberOfLeadingZeros(~(first << 24));
  }

  /** Where the longest text ends (upper half) and its replacement begins, or -1. */
  private long longest(byte[] utf8, int start) {
    long found = -1;
    int node = offset(unit(0));
    for (int end = start; end < utf8.length; end++) {
      int label = utf8[end] & 0xff;
      node ^= label;
      if (node < 0 || node >= units.length) {
        break;
      }
      int unit = units[node];
      if ((unit & 0x8000_00ff) != label) {
        break;
      }
      node ^= offset(unit);
      if ((unit & 0x100) != 0) {
        found = ((long) (end + 1) << Integer.SIZE) | (unit(node) & Integer.MAX_VALUE);
      }
    }
    return found;
  }

  private int unit(int node) {
    if (node < 0 || node >= units.length) {
      throw malformed(source);
    }
    return units[node];
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 0x200) >>> 6);
  }

  private void writeReplacement(int start, ByteArrayOutputStream result) {
    int end = start;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    if (end >= replacements.length) {
      throw malformed(source);
    }
    result.write(replacements, start, end - start);
  }
}
