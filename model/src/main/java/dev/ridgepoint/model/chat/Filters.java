package dev.ridgepoint.model.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Jinja's filters, as far as chat templates use them. */
final class Filters {
  private Filters() {}

  /** {@code value | name(arguments)}. */
  static Object apply(String name, Object value, Arguments arguments, Budget budget) {
    return switch (name) {
      case "trim" -> Methods.stripped(PythonText.str(value), arguments, true, true);
      case "length", "count" -> length(value);
      case "upper" -> PythonText.str(value).toUpperCase(Locale.ROOT);
      case "lower" -> PythonText.str(value).toLowerCase(Locale.ROOT);
      case "capitalize" -> Methods.capitalized(PythonText.str(value));
      case "title" -> Methods.titled(PythonText.str(value));
      case "string" -> budget.made(PythonText.str(value));
      case "safe" -> value;
      case "tojson" -> budget.made(PythonText.json(value, indent(arguments)));
      case "default", "d" -> defaulted(value, arguments);
      case "int" -> toInteger(value, arguments.get(0, "default", 0L));
      case "float" -> toReal(value, arguments.get(0, "default", 0.0));
      case "abs" ->
          value instanceof Double real
              ? Math.abs(real)
              : (Object) Math.abs(Operators.integer(value));
      case "replace" ->
          Methods.replaced(
              PythonText.str(value),
              Methods.string(arguments.required(0, "old")),
              Methods.string(arguments.required(1, "new")),
              budget);
      case "indent" -> budget.made(indented(PythonText.str(value), arguments));
      default -> ofList(name, value, arguments, budget);
    };
  }

  private static Object ofList(String name, Object value, Arguments arguments, Budget budget) {
    return switch (name) {
      case "list" -> List.copyOf(Operators.elements(value));
      case "first" -> end(Operators.elements(value), true);
      case "last" -> end(Operators.elements(value), false);
      case "reverse" -> Operators.slice(value, None.NONE, None.NONE, -1L);
      case "join" -> Methods.join(value, PythonText.str(arguments.get(0, "d", "")), budget);
      case "sort" -> Operators.elements(value).stream().sorted(Operators::compare).toList();
      case "unique" -> Operators.elements(value).stream().distinct().toList();
      case "min" -> Collections.min(Operators.elements(value), Operators::compare);
      case "max" -> Collections.max(Operators.elements(value), Operators::compare);
      case "items" -> value instanceof Undefined ? List.of() : Methods.items(map(value));
      case "dictsort" ->
          Methods.items(map(value)).stream()
              .sorted(
                  (a, b) -> Operators.compare(((List<?>) a).getFirst(), ((List<?>) b).getFirst()))
              .toList();
      case "map" -> mapped(value, arguments, budget);
      case "select" -> selected(value, test(arguments, 0, null, budget));
      case "reject" -> selected(value, test(arguments, 0, null, budget).negate());
      case "selectattr" -> selected(value, test(arguments, 1, attribute(arguments), budget));
      case "rejectattr" ->
          selected(value, test(arguments, 1, attribute(arguments), budget).negate());
      default -> throw new TemplateException("the filter '" + name + "' is not supported");
    };
  }

  private static long length(Object value) {
    return value instanceof String text
        ? text.codePointCount(0, text.length())
        : Operators.elements(value).size();
  }

  private static int indent(Arguments arguments) {
    Object indent = arguments.get(0, "indent", None.NONE);
    return indent == None.NONE ? -1 : Math.clamp(Operators.integer(indent), 0, 32);
  }

  private static Object defaulted(Object value, Arguments arguments) {
    boolean alsoFalse = Operators.truth(arguments.get(1, "boolean", false));
    boolean isAbsent = value instanceof Undefined || (alsoFalse && !Operators.truth(value));
    return isAbsent ? arguments.get(0, "default_value", "") : value;
  }

  private static Object toInteger(Object value, Object absent) {
    try {
      return switch (value) {
        case Double real -> (long) (double) real;
        case String text -> Long.parseLong(text.strip());
        default -> Operators.integer(value);
      };
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  private static Object toReal(Object value, Object absent) {
    try {
      return value instanceof String text ? Double.parseDouble(text) : Operators.real(value);
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  private static String indented(String text, Arguments arguments) {
    int width = Math.clamp(Operators.integer(arguments.get(0, "width", 4L)), 0, 32);
    boolean first = Operators.truth(arguments.get(1, "first", false));
    String spaces = " ".repeat(width);
    StringBuilder result = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      boolean isFirst = result.isEmpty();
      result.append(isFirst ? "" : "\n");
      result.append((isFirst ? first : !line.isEmpty()) ? spaces : "").append(line);
    }
    return result.toString();
  }

  private static Object end(List<?> list, boolean first) {
    if (list.isEmpty()) {
      return new Undefined(first ? "first of an empty list" : "last of an empty list");
    }
    return first ? list.getFirst() : list.getLast();
  }

  private static Map<?, ?> map(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new TemplateException("needs a map, not " + Operators.kind(value));
  }

  private static String attribute(Arguments arguments) {
    return Methods.string(arguments.required(0, "attribute"));
  }

  private static List<Object> mapped(Object value, Arguments arguments, Budget budget) {
    Object attribute = arguments.named().get("attribute");
    List<Object> result = new ArrayList<>();
    for (Object each : Operators.elements(value)) {
      budget.step();
      result.add(
          attribute == null
              ? apply(
                  Methods.string(arguments.required(0, "filter")), each, rest(arguments, 1), budget)
              : Operators.item(each, attribute));
    }
    return result;
  }

  private static List<?> selected(Object value, Predicate<Object> test) {
    return Operators.elements(value).stream().filter(test).toList();
  }

  /** The test named at {@code from}, of an attribute if one is given; truth where none is named. */
  private static Predicate<Object> test(
      Arguments arguments, int from, String attribute, Budget budget) {
    return each -> {
      budget.step();
      Object value = attribute == null ? each : Operators.item(each, attribute);
      return arguments.size() <= from
          ? Operators.truth(value)
          : Tests.holds(
              Methods.string(arguments.positional().get(from)), value, rest(arguments, from + 1));
    };
  }

  private static Arguments rest(Arguments arguments, int from) {
    List<Object> all = arguments.positional();
    return new Arguments(all.subList(Math.min(from, all.size()), all.size()), Map.of());
  }
}
