package dev.ridgepoint.estimator.input;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON that comes from outside: well-formed UTF-8, one value and nothing behind it, no field twice,
 * no conversion between strings and numbers, bounded in size and nesting. Whatever breaks these
 * rules is an {@link InvalidInputException} of one line.
 */
public final class StrictJson {
  private static final int MAX_BYTES = 16 << 20;
  private static final int MAX_NESTING = 64;
  private static final int MAX_SHOWN = 80;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private StrictJson() {}

  /** The object that a file holds. */
  public static ObjectNode readObject(Path file) {
    return readObject(file, MAX_BYTES);
  }

  /** As {@link #readObject(Path)}, of a file that may be larger than a config. */
  public static ObjectNode readObject(Path file, int maxBytes) {
    return parseObject(file.toString(), readText(file, maxBytes));
  }

  /** The object or array that a file holds. */
  public static JsonNode read(Path file) {
    JsonNode node = parse(file.toString(), readText(file, MAX_BYTES));
    if (!node.isContainer()) {
      throw new InvalidInputException(
          file.toString(), "must hold a JSON object or array, but holds " + describe(node));
    }
    return node;
  }

  /**
   * The object that a text holds.
   *
   * @param source what to call the text in messages
   */
  public static ObjectNode parseObject(String source, String json) {
    JsonNode node = parse(source, json);
    if (!(node instanceof ObjectNode object)) {
      throw new InvalidInputException(
          source, "must hold a JSON object, but holds " + describe(node));
    }
    return object;
  }

  private static JsonNode parse(String source, String json) {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw invalid(source, e);
    }
    if (node.isMissingNode()) {
      throw new InvalidInputException(source, "is empty, but must hold JSON");
    }
    return node;
  }

  /** The record that a file holds: every component present, none besides. */
  public static <T extends Record> T readRecord(Path file, Class<T> type) {
    return toRecord(file.toString(), readObject(file), type);
  }

  /**
   * As {@link #readRecord}, of an object that was read already.
   *
   * @param source what to call it in messages
   */
  public static <T extends Record> T toRecord(String source, ObjectNode node, Class<T> type) {
    try {
      return MAPPER.treeToValue(node, type);
    } catch (JacksonException e) {
      throw invalid(source, e);
    }
  }

  /** The JSON of a record, indented, with a newline at its end. */
  public static String write(Record value) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
  }

  /** A value as a message shows it: on one line, cut when long. */
  public static String describe(JsonNode node) {
    if (node.isArray()) {
      return "an array";
    }
    if (node.isObject()) {
      return "an object";
    }
    return cut(node.toString());
  }

  private static String readText(Path file, int maxBytes) {
    if (!Files.exists(file)) {
      throw new InvalidInputException(file.toString(), "no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file.toString(), "is not a regular file");
    }
    try {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw new InvalidInputException(
            file.toString(), "has " + size + " bytes; at most " + maxBytes + " are read");
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(file.toString(), "is not valid UTF-8", e);
    } catch (IOException e) {
      throw new InvalidInputException(file.toString(), "cannot be read: " + oneLine(e), e);
    }
  }

  private static InvalidInputException invalid(String source, JacksonException e) {
    Throwable refused = e.getCause() instanceof IllegalArgumentException cause ? cause : e;
    String path = e.getPathReference() == null || e.getPath().isEmpty() ? "" : path(e) + ": ";
    TokenStreamLocation at = e.getLocation();
    String where =
        path.isEmpty() && at != null && at.getLineNr() > 0
            ? " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"
            : "";
    return new InvalidInputException(source, path + oneLine(refused) + where, e);
  }

  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference reference : e.getPath()) {
      if (reference.getPropertyName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
      }
    }
    return cut(path.toString());
  }

  private static String oneLine(Throwable e) {
    String message =
        e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
    return message == null
        ? e.getClass().getSimpleName()
        : message.replaceAll(" \\(start marker at .*?\\]\\)", "").replaceAll("\\s+", " ");
  }

  /** A text as a message shows it: on one line, cut when long. */
  public static String cut(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "...";
  }
}
