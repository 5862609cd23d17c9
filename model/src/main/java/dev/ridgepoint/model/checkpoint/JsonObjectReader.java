package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads one JSON object of a file token by token, with no tree in between, and refuses what RFC
 * 8259 does not have, duplicate names, malformed UTF-8 and unpaired surrogates.
 */
final class JsonObjectReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Names hardly repeat, and a table of them would be one more thing to attack.
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .build();

  private final String source;
  private final JsonParser parser;

  private JsonObjectReader(String source, JsonParser parser) {
    this.source = source;
    this.parser = parser;
  }

  /**
   * Has {@code body} read the object that the first {@code length} bytes of {@code utf8} hold.
   *
   * @param source the file, for messages
   * @param document the object's name in messages
   * @param body called within the object; it must take all names up to the object's end
   * @throws InvalidInputException if the bytes are not exactly one strict JSON object
   */
  static <T> T parseObject(
      String source, String document, byte[] utf8, int length, Function<JsonObjectReader, T> body) {
    requireUtf8(source, document, utf8, length);
    // A reader, since from bytes Jackson would guess at the encoding.
    Reader reader =
        new InputStreamReader(new ByteArrayInputStream(utf8, 0, length), StandardCharsets.UTF_8);
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), reader)) {
      JsonObjectReader json = new JsonObjectReader(source, parser);
      try {
        parser.nextToken();
        json.enterObject(() -> document);
        T result = body.apply(json);
        if (parser.nextToken() != null) {
          throw json.invalid(document + ": more JSON after the object's end");
        }
        return result;
      } catch (JacksonException e) {
        throw json.notStrict(document, e);
      }
    }
  }

  /**
   * Enters the object that is the current value.
   *
   * @param what the value's name in messages, as for all of these methods
   */
  void enterObject(Supplier<String> what) {
    require(JsonToken.START_OBJECT, what, "an object");
  }

  /** The next name of the current object, its value being current; null at the object's end. */
  String nextName() {
    if (parser.nextToken() == JsonToken.END_OBJECT) {
      return null;
    }
    String name = wellFormed(parser.currentName());
    parser.nextToken();
    return name;
  }

  /** The current value, a string. */
  String string(Supplier<String> what) {
    require(JsonToken.VALUE_STRING, what, "a string");
    return wellFormed(parser.getString());
  }

  /** The current value, an array of at most {@code most} integers of 0..2^63-1. */
  List<Long> naturals(Supplier<String> what, int most) {
    require(JsonToken.START_ARRAY, what, "an array of integers");
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(JsonToken.VALUE_NUMBER_INT, what, "an array of integers");
      if (numbers.size() == most) {
        throw invalid(String.format(Locale.ROOT, "%s has more than %d numbers", what.get(), most));
      }
      numbers.add(natural(what, parser.getString()));
    }
    return numbers;
  }

  /** Passes over the current value, whatever it is. */
  void skipValue() {
    parser.skipChildren();
  }

  InvalidInputException invalid(String message) {
    return new InvalidInputException(source, message);
  }

  private static void requireUtf8(String source, String document, byte[] bytes, int length) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer input = ByteBuffer.wrap(bytes, 0, length);
    CharBuffer discarded = CharBuffer.allocate(8192);
    CoderResult result;
    do {
      discarded.clear();
      result = decoder.decode(input, discarded, true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw new InvalidInputException(
          source,
          String.format(Locale.ROOT, "%s: not valid UTF-8 at byte %d", document, input.position()));
    }
  }

  private InvalidInputException notStrict(String document, JacksonException e) {
    String problem =
        e instanceof UnexpectedEndOfInputException
            ? "it ends within the object"
            : OneLine.of(e.getOriginalMessage());
    return new InvalidInputException(
        source,
        String.format(
            Locale.ROOT,
            "%s: not strict JSON: %s (near character %d, after %s)",
            document,
            problem,
            parser.currentLocation().getCharOffset(),
            OneLine.quote(parser.streamReadContext().pathAsPointer().toString())),
        e);
  }

  private long natural(Supplier<String> what, String digits) {
    if (digits.startsWith("-")) {
      throw invalid("%s: %s is negative".formatted(what.get(), OneLine.quote(digits)));
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          source, "%s: %s exceeds 2^63-1".formatted(what.get(), OneLine.quote(digits)), e);
    }
  }

  private void require(JsonToken expected, Supplier<String> what, String description) {
    if (!parser.hasToken(expected)) {
      throw invalid(
          "%s must be %s, but holds %s".formatted(what.get(), description, describeCurrent()));
    }
  }

  private String describeCurrent() {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case null -> "nothing";
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      default -> OneLine.quote(parser.getString());
    };
  }

  private String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          throw invalid("%s holds an unpaired surrogate".formatted(OneLine.quote(text)));
        }
        i++;
      }
    }
    return text;
  }
}
