package dev.ridgepoint.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Python's operators, on strings, longs, doubles, booleans, lists, maps and None. */
final class Operators {
  private Operators() {}

  static boolean truth(Object value) {
    return switch (value) {
      case Boolean flag -> flag;
      case String text -> !text.isEmpty();
      case Long number -> number != 0;
      case Double number -> number != 0;
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case None _, Undefined _ -> false;
      default -> true;
    };
  }

  static boolean equal(Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      return real(left) == real(right);
    }
    if (left instanceof Undefined && right instanceof Undefined) {
      return true;
    }
    return Objects.equals(left, right);
  }

  /** Below zero, zero or above, as with {@link Comparable}. */
  static int compare(Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      return Double.compare(real(left), real(right));
    }
    if (left instanceof String a && right instanceof String b) {
      return a.compareTo(b);
    }
    throw new TemplateException("cannot compare %s and %s".formatted(kind(left), kind(right)));
  }

  static boolean contains(Object container, Object element) {
    return switch (container) {
      case String text when element instanceof String part -> text.contains(part);
      case List<?> list -> list.stream().anyMatch(each -> equal(each, element));
      case Map<?, ?> map -> map.containsKey(element);
      case Undefined _ -> false;
      default -> throw new TemplateException("'in' needs a list, map or string");
    };
  }

  static Object add(Object left, Object right, Budget budget) {
    if (left instanceof String a && right instanceof String b) {
      return budget.made(a + b);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      budget.requireElements((long) a.size() + b.size());
      List<Object> sum = new ArrayList<>(a);
      sum.addAll(b);
      return sum;
    }
    return arithmetic("+", left, right);
  }

  static Object multiply(Object left, Object right, Budget budget) {
    if (left instanceof String text && right instanceof Long count) {
      return repeat(text, count, budget);
    }
    if (left instanceof Long count && right instanceof String text) {
      return repeat(text, count, budget);
    }
    return arithmetic("*", left, right);
  }

  private static String repeat(String text, long count, Budget budget) {
    long times = Math.max(0, count);
    budget.requireElements(times);
    budget.requireElements(times * text.length());
    return budget.made(text.repeat((int) times));
  }

  /** An operator of numbers. */
  static Object arithmetic(String operator, Object left, Object right) {
    if (!isNumber(left) || !isNumber(right)) {
      if (left instanceof Undefined undefined) {
        throw undefined.refused();
      }
      if (right instanceof Undefined undefined) {
        throw undefined.refused();
      }
      throw new TemplateException(
          "cannot compute %s %s %s".formatted(kind(left), operator, kind(right)));
    }
    try {
      return left instanceof Double || right instanceof Double || operator.equals("/")
          ? ofReals(operator, real(left), real(right))
          : (Object) ofIntegers(operator, integer(left), integer(right));
    } catch (ArithmeticException e) {
      throw new TemplateException("cannot compute %s %s %s".formatted(left, operator, right));
    }
  }

  private static double ofReals(String operator, double left, double right) {
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> {
        if (right == 0) {
          throw new ArithmeticException();
        }
        yield left / right;
      }
      case "//" -> Math.floor(left / right);
      case "%" -> left - right * Math.floor(left / right);
      default -> Math.pow(left, right);
    };
  }

  private static long ofIntegers(String operator, long left, long right) {
    return switch (operator) {
      case "+" -> Math.addExact(left, right);
      case "-" -> Math.subtractExact(left, right);
      case "*" -> Math.multiplyExact(left, right);
      case "//" -> Math.floorDiv(left, right);
      case "%" -> Math.floorMod(left, right);
      default -> Math.powExact(left, Math.toIntExact(right));
    };
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double real(Object value) {
    return value instanceof Double real ? real : integer(value);
  }

  /** An integer, of which True is one. */
  static long integer(Object value) {
    return switch (value) {
      case Long number -> number;
      case Boolean flag -> flag ? 1 : 0;
      default -> throw new TemplateException("needs an integer, not " + kind(value));
    };
  }

  /** What a loop goes through: a list's elements, a map's keys, a string's characters. */
  static List<?> elements(Object value) {
    return switch (value) {
      case List<?> list -> list;
      case Map<?, ?> map -> List.copyOf(map.keySet());
      case String text -> text.codePoints().mapToObj(Character::toString).toList();
      case Undefined _ -> List.of();
      default -> throw new TemplateException("cannot go through " + kind(value));
    };
  }

  /** {@code value[key]}, or undefined. */
  static Object item(Object value, Object key) {
    Object found =
        switch (value) {
          case Map<?, ?> map -> map.get(key);
          case List<?> list when key instanceof Long index -> at(list, index);
          case String text when key instanceof Long index ->
              at(text.codePoints().mapToObj(Character::toString).toList(), index);
          case Undefined undefined -> throw undefined.refused();
          default -> null;
        };
    return found == null ? new Undefined(PythonText.str(key)) : found;
  }

  private static Object at(List<?> list, long index) {
    long place = index < 0 ? index + list.size() : index;
    return place < 0 || place >= list.size() ? null : list.get((int) place);
  }

  /** {@code value[start:stop:step]}, each of which may be None. */
  static Object slice(Object value, Object start, Object stop, Object step) {
    if (value instanceof Undefined undefined) {
      throw undefined.refused();
    }
    List<?> all = elements(value);
    long by = step == None.NONE ? 1 : integer(step);
    if (by == 0) {
      throw new TemplateException("a slice's step is zero");
    }
    long first = bound(start, by > 0 ? 0 : all.size() - 1L, all.size(), by);
    long end = bound(stop, by > 0 ? all.size() : -1, all.size(), by);
    List<Object> part = new ArrayList<>();
    for (long i = first; by > 0 ? i < end : i > end; i += by) {
      part.add(all.get((int) i));
    }
    return value instanceof String
        ? String.join("", part.stream().map(String.class::cast).toList())
        : part;
  }

  private static long bound(Object value, long absent, int size, long by) {
    if (value == None.NONE) {
      return absent;
    }
    long place = integer(value);
    place = place < 0 ? place + size : place;
    return by > 0 ? Math.clamp(place, 0, size) : Math.clamp(place, -1, size - 1);
  }

  /** A value's kind, for messages. */
  static String kind(Object value) {
    return switch (value) {
      case String _ -> "a string";
      case Long _ -> "an integer";
      case Double _ -> "a float";
      case Boolean _ -> "a boolean";
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a map";
      case None _ -> "None";
      case Undefined(String name) -> "the undefined '" + name + "'";
      default -> "a function";
    };
  }
}
