package dev.ridgepoint.estimator.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a JSON object, taken with the type they must have. {@code null} counts as absent.
 * Every failure names source, field and value.
 */
public final class JsonFields {
  private final String source;
  private final String prefix;
  private final ObjectNode object;

  /**
   * @param source what to call the object in messages
   */
  public JsonFields(String source, ObjectNode object) {
    this(source, "", object);
  }

  private JsonFields(String source, String prefix, ObjectNode object) {
    this.source = source;
    this.prefix = prefix;
    this.object = object;
  }

  /** What the object is called in messages. */
  public String source() {
    return source;
  }

  /** What a field is called in messages. */
  public String path(String field) {
    return prefix + field;
  }

  /** Whether the field is there and not {@code null}. */
  public boolean has(String field) {
    return object.hasNonNull(field);
  }

  /** Whether the field is there and {@code null}. */
  public boolean isNull(String field) {
    return object.has(field) && !has(field);
  }

  /** A whole number that fits an {@code int}. */
  public int requiredInt(String field) {
    JsonNode node = required(field);
    if (!node.isIntegralNumber()) {
      throw invalid(field, "must be a whole number, but is " + StrictJson.describe(node));
    }
    if (!node.canConvertToInt()) {
      throw invalid(
          field, "must be at most " + Integer.MAX_VALUE + ", but is " + StrictJson.describe(node));
    }
    return node.intValue();
  }

  /** As {@link #requiredInt}, or {@code absent}. */
  public int intOr(String field, int absent) {
    return has(field) ? requiredInt(field) : absent;
  }

  /** A number. */
  public double requiredDouble(String field) {
    JsonNode node = required(field);
    if (!node.isNumber()) {
      throw invalid(field, "must be a number, but is " + StrictJson.describe(node));
    }
    return node.doubleValue();
  }

  /** As {@link #requiredDouble}, or {@code absent}. */
  public double doubleOr(String field, double absent) {
    return has(field) ? requiredDouble(field) : absent;
  }

  /** True or false, or {@code absent}. */
  public boolean booleanOr(String field, boolean absent) {
    if (!has(field)) {
      return absent;
    }
    JsonNode node = object.get(field);
    if (!node.isBoolean()) {
      throw invalid(field, "must be true or false, but is " + StrictJson.describe(node));
    }
    return node.booleanValue();
  }

  /** A string. */
  public String requiredString(String field) {
    JsonNode node = required(field);
    if (!node.isString()) {
      throw invalid(field, "must be a string, but is " + StrictJson.describe(node));
    }
    return node.stringValue();
  }

  /** As {@link #requiredString}, or {@code absent}. */
  public String stringOr(String field, String absent) {
    return has(field) ? requiredString(field) : absent;
  }

  /** An array of strings. */
  public List<String> requiredStrings(String field) {
    JsonNode node = required(field);
    if (!node.isArray()) {
      throw invalid(field, "must be an array of strings, but is " + StrictJson.describe(node));
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isString()) {
        throw invalid(field, "must hold strings, but holds " + StrictJson.describe(element));
      }
      strings.add(element.stringValue());
    }
    return strings;
  }

  /** An array of whole numbers that fit an {@code int}. */
  public List<Integer> requiredInts(String field) {
    JsonNode node = required(field);
    if (!node.isArray()) {
      throw invalid(field, "must be an array of numbers, but is " + StrictJson.describe(node));
    }
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isIntegralNumber() || !element.canConvertToInt()) {
        throw invalid(field, "must hold whole numbers, but holds " + StrictJson.describe(element));
      }
      numbers.add(element.intValue());
    }
    return numbers;
  }

  /** Whether the field is there and a number, rather than such as {@code "auto"}. */
  public boolean isNumber(String field) {
    return has(field) && object.get(field).isNumber();
  }

  /** Whether the field is there and a string. */
  public boolean isString(String field) {
    return has(field) && object.get(field).isString();
  }

  /** Whether the field is there and an object. */
  public boolean isObject(String field) {
    return has(field) && object.get(field).isObject();
  }

  /** Whether the field is there and {@code true}. */
  public boolean isTrue(String field) {
    return has(field) && object.get(field).isBoolean() && object.get(field).booleanValue();
  }

  /** Whether the field is there and {@code false}. */
  public boolean isFalse(String field) {
    return has(field) && object.get(field).isBoolean() && !object.get(field).booleanValue();
  }

  /** Whether the field is there and an array. */
  public boolean isList(String field) {
    return has(field) && object.get(field).isArray();
  }

  /** An array of booleans. */
  public List<Boolean> requiredBooleans(String field) {
    JsonNode node = required(field);
    if (!node.isArray()) {
      throw invalid(field, "must be an array of booleans, but is " + StrictJson.describe(node));
    }
    List<Boolean> booleans = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isBoolean()) {
        throw invalid(field, "must hold booleans, but holds " + StrictJson.describe(element));
      }
      booleans.add(element.booleanValue());
    }
    return booleans;
  }

  /** An array, whose elements are the caller's to check. */
  public ArrayNode requiredArray(String field) {
    JsonNode node = required(field);
    if (!(node instanceof ArrayNode array)) {
      throw invalid(field, "must be an array, but is " + StrictJson.describe(node));
    }
    return array;
  }

  /** An array of numbers. */
  public List<Double> requiredDoubles(String field) {
    JsonNode node = required(field);
    if (!node.isArray()) {
      throw invalid(field, "must be an array of numbers, but is " + StrictJson.describe(node));
    }
    List<Double> numbers = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isNumber()) {
        throw invalid(field, "must hold numbers, but holds " + StrictJson.describe(element));
      }
      numbers.add(element.doubleValue());
    }
    return numbers;
  }

  /** The fields of a nested object, named {@code field.name} in messages. */
  public JsonFields requiredObject(String field) {
    JsonNode node = required(field);
    if (!(node instanceof ObjectNode nested)) {
      throw invalid(field, "must be an object, but is " + StrictJson.describe(node));
    }
    return new JsonFields(source, prefix + field + ".", nested);
  }

  /** The fields of each of an array's objects, named {@code field[0].name} in messages. */
  public List<JsonFields> requiredObjects(String field) {
    JsonNode node = required(field);
    if (!(node instanceof ArrayNode array)) {
      throw invalid(field, "must be an array of objects, but is " + StrictJson.describe(node));
    }
    return objects(source, prefix + field, array);
  }

  /**
   * The fields of each of an array's objects, named {@code [0].name} in messages.
   *
   * @param source what to call the array in messages
   */
  public static List<JsonFields> objects(String source, ArrayNode array) {
    return objects(source, "", array);
  }

  private static List<JsonFields> objects(String source, String name, ArrayNode array) {
    List<JsonFields> all = new ArrayList<>();
    for (JsonNode element : array) {
      String place = name + "[" + all.size() + "]";
      if (!(element instanceof ObjectNode nested)) {
        throw new InvalidInputException(
            source, place + " must be an object, but is " + StrictJson.describe(element));
      }
      all.add(new JsonFields(source, place + ".", nested));
    }
    return all;
  }

  /** The names of all fields that are there, in the order of the text. */
  public List<String> names() {
    return List.copyOf(object.propertyNames());
  }

  /** Refuses fields with other names than these. */
  public void requireOnly(Set<String> names) {
    for (String name : object.propertyNames()) {
      if (!names.contains(name)) {
        throw invalid(StrictJson.cut(name), "is not supported");
      }
    }
  }

  /** A refusal that names source and field. */
  public InvalidInputException invalid(String field, String message) {
    return new InvalidInputException(source, prefix + field + " " + message);
  }

  /** As {@link #invalid(String, String)}, for a record's refusal, whose message names the field. */
  public InvalidInputException invalid(IllegalArgumentException refusal) {
    return new InvalidInputException(source, prefix + refusal.getMessage(), refusal);
  }

  private JsonNode required(String field) {
    if (!has(field)) {
      throw invalid(field, isNull(field) ? "is null, but must be given" : "is missing");
    }
    return object.get(field);
  }
}
