package dev.ridgepoint.model.chat;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Jinja's tests. */
final class Tests {
  private Tests() {}

  /** {@code value is name(arguments)}. */
  static boolean holds(String name, Object value, Arguments arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "string" -> value instanceof String;
      case "number" -> Operators.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "mapping" -> value instanceof Map<?, ?>;
      case "sequence", "iterable" ->
          value instanceof String
              || value instanceof List<?>
              || value instanceof Map<?, ?>
              || value instanceof Undefined;
      case "callable" -> value instanceof Callable;
      case "even" -> Math.floorMod(Operators.integer(value), 2L) == 0;
      case "odd" -> Math.floorMod(Operators.integer(value), 2L) == 1;
      case "divisibleby" -> divides(Operators.integer(arguments.required(0, "num")), value);
      case "equalto", "eq", "==" -> Operators.equal(value, arguments.required(0, "other"));
      case "ne", "!=" -> !Operators.equal(value, arguments.required(0, "other"));
      case "sameas" -> isSame(value, arguments.required(0, "other"));
      case "lt", "lessthan", "<" -> Operators.compare(value, arguments.required(0, "other")) < 0;
      case "gt", "greaterthan", ">" -> Operators.compare(value, arguments.required(0, "other")) > 0;
      case "le", "<=" -> Operators.compare(value, arguments.required(0, "other")) <= 0;
      case "ge", ">=" -> Operators.compare(value, arguments.required(0, "other")) >= 0;
      case "in" -> Operators.contains(arguments.required(0, "seq"), value);
      case "lower" -> value instanceof String text && text.equals(text.toLowerCase(Locale.ROOT));
      case "upper" -> value instanceof String text && text.equals(text.toUpperCase(Locale.ROOT));
      default -> throw new TemplateException("the test '" + name + "' is not supported");
    };
  }

  /** Constants are the same as their equals, other values only as themselves. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(Object value, Object other) {
    return value == other || (value instanceof Boolean && value.equals(other));
  }

  private static boolean divides(long divisor, Object value) {
    if (divisor == 0) {
      throw new TemplateException("divisibleby(0)");
    }
    return Operators.integer(value) % divisor == 0;
  }
}
