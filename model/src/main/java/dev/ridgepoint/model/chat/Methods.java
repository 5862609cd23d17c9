package dev.ridgepoint.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Those methods of Python's strings, lists and dicts that change nothing. */
final class Methods {
  private Methods() {}

  /** {@code value.name}: a method, or else an item of a map, or undefined. */
  static Object attribute(Object value, String name, Budget budget) {
    Callable method =
        switch (value) {
          case String text -> ofString(text, name, budget);
          case Map<?, ?> map -> ofMap(map, name);
          case List<?> list -> ofList(list, name);
          case Undefined undefined -> throw undefined.refused();
          default -> null;
        };
    if (method != null) {
      return method;
    }
    if (value instanceof Namespace namespace) {
      Object attribute = namespace.attributes().get(name);
      return attribute == null ? new Undefined(name) : attribute;
    }
    return value instanceof Map<?, ?> ? Operators.item(value, name) : new Undefined(name);
  }

  private static Callable ofString(String text, String name, Budget budget) {
    return switch (name) {
      case "strip" -> arguments -> stripped(text, arguments, true, true);
      case "lstrip" -> arguments -> stripped(text, arguments, true, false);
      case "rstrip" -> arguments -> stripped(text, arguments, false, true);
      case "upper" -> _ -> text.toUpperCase(Locale.ROOT);
      case "lower" -> _ -> text.toLowerCase(Locale.ROOT);
      case "capitalize" -> _ -> capitalized(text);
      case "title" -> _ -> titled(text);
      case "startswith" -> arguments -> affixes(arguments).stream().anyMatch(text::startsWith);
      case "endswith" -> arguments -> affixes(arguments).stream().anyMatch(text::endsWith);
      case "split" -> arguments -> split(text, arguments);
      case "splitlines" -> _ -> List.copyOf(text.lines().toList());
      case "replace" ->
          arguments ->
              replaced(
                  text,
                  string(arguments.required(0, "old")),
                  string(arguments.required(1, "new")),
                  budget);
      case "join" -> arguments -> join(arguments.required(0, "iterable"), text, budget);
      case "find" -> arguments -> (long) text.indexOf(string(arguments.required(0, "sub")));
      case "count" -> arguments -> count(text, string(arguments.required(0, "sub")));
      case "isdigit" -> _ -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
      default -> null;
    };
  }

  private static Callable ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> _ -> items(map);
      case "keys" -> _ -> List.copyOf(map.keySet());
      case "values" -> _ -> List.copyOf(map.values());
      case "get" ->
          arguments -> {
            Object value = map.get(arguments.required(0, "key"));
            return value == null ? arguments.get(1, "default", None.NONE) : value;
          };
      default -> null;
    };
  }

  private static Callable ofList(List<?> list, String name) {
    return switch (name) {
      case "index" -> arguments -> (long) list.indexOf(arguments.required(0, "value"));
      case "count" ->
          arguments ->
              list.stream()
                  .filter(each -> Operators.equal(each, arguments.required(0, "value")))
                  .count();
      default -> null;
    };
  }

  /** The pairs of a map. */
  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach((key, value) -> items.add(List.of(key, value)));
    return items;
  }

  static String string(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new TemplateException("needs a string, not " + Operators.kind(value));
  }

  private static List<String> affixes(Arguments arguments) {
    Object affix = arguments.required(0, "prefix");
    return affix instanceof List<?> list
        ? list.stream().map(Methods::string).toList()
        : List.of(string(affix));
  }

  /** Without white space, or the characters that are given, at its ends. */
  static String stripped(String text, Arguments arguments, boolean left, boolean right) {
    Object given = arguments.get(0, "chars", None.NONE);
    int start = 0;
    int end = text.length();
    while (left && start < end && isStripped(text.charAt(start), given)) {
      start++;
    }
    while (right && end > start && isStripped(text.charAt(end - 1), given)) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isStripped(char character, Object given) {
    return given instanceof String characters
        ? characters.indexOf(character) >= 0
        : Character.isWhitespace(character) || Character.isSpaceChar(character);
  }

  static String capitalized(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  static String titled(String text) {
    StringBuilder result = new StringBuilder();
    boolean within = false;
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      result.append(within ? Character.toLowerCase(each) : Character.toUpperCase(each));
      within = Character.isLetter(each);
    }
    return result.toString();
  }

  private static List<String> split(String text, Arguments arguments) {
    Object separator = arguments.get(0, "sep", None.NONE);
    long most = Operators.integer(arguments.get(1, "maxsplit", -1L));
    List<String> parts = new ArrayList<>();
    if (separator == None.NONE) {
      String stripped = text.strip();
      return stripped.isEmpty() ? parts : List.of(stripped.split("\\s+"));
    }
    String between = string(separator);
    if (between.isEmpty()) {
      throw new TemplateException("split needs a separator that is not empty");
    }
    int start = 0;
    for (int end = text.indexOf(between);
        end >= 0 && (most < 0 || parts.size() < most);
        end = text.indexOf(between, start)) {
      parts.add(text.substring(start, end));
      start = end + between.length();
    }
    parts.add(text.substring(start));
    return parts;
  }

  static String replaced(String text, String from, String to, Budget budget) {
    long growth = Math.max(0, to.length() - from.length());
    budget.requireElements(growth * (text.length() / Math.max(1, from.length()) + 1L));
    return budget.made(text.replace(from, to));
  }

  static String join(Object elements, String between, Budget budget) {
    StringBuilder joined = new StringBuilder();
    String separator = "";
    for (Object each : Operators.elements(elements)) {
      joined.append(budget.made(separator)).append(budget.made(PythonText.str(each)));
      separator = between;
    }
    return joined.toString();
  }

  private static long count(String text, String part) {
    if (part.isEmpty()) {
      return text.length() + 1L;
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }
}
