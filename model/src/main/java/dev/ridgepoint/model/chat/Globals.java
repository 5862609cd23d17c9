package dev.ridgepoint.model.chat;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The functions that Hugging Face gives to chat templates, besides Jinja's own. */
final class Globals {
  private static final Pattern DIRECTIVE = Pattern.compile("%(-?)(.)", Pattern.DOTALL);

  private Globals() {}

  /** All of them, where it is {@code now}. */
  static Map<String, Object> of(LocalDateTime now, Budget budget) {
    Map<String, Object> globals = new HashMap<>();
    globals.put("raise_exception", callable(Globals::raise));
    globals.put(
        "strftime_now",
        callable(arguments -> strftime(Methods.string(arguments.required(0, "format")), now)));
    globals.put("namespace", callable(arguments -> new Namespace(named(arguments))));
    globals.put("dict", callable(Globals::named));
    globals.put("range", callable(arguments -> range(arguments, budget)));
    return globals;
  }

  private static Callable callable(Callable callable) {
    return callable;
  }

  private static Object raise(Arguments arguments) {
    throw new TemplateException(PythonText.str(arguments.required(0, "message")));
  }

  private static Map<String, Object> named(Arguments arguments) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (arguments.size() > 0 && arguments.positional().getFirst() instanceof Map<?, ?> given) {
      given.forEach((key, value) -> map.put(PythonText.str(key), value));
    }
    map.putAll(arguments.named());
    return map;
  }

  private static List<Long> range(Arguments arguments, Budget budget) {
    long first = Operators.integer(arguments.required(0, "stop"));
    boolean single = arguments.size() == 1;
    long start = single ? 0 : first;
    long stop = single ? first : Operators.integer(arguments.required(1, "stop"));
    long step = Operators.integer(arguments.get(2, "step", 1L));
    if (step == 0) {
      throw new TemplateException("the step of a range is zero");
    }
    List<Long> numbers = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      budget.step();
      budget.requireElements(numbers.size());
      numbers.add(i);
    }
    return numbers;
  }

  /** C's {@code strftime}, in English; a hyphen leaves out the leading zero. */
  private static String strftime(String format, LocalDateTime now) {
    return DIRECTIVE
        .matcher(format)
        .replaceAll(
            found -> {
              String text = directive(found.group(2).charAt(0), now);
              return Matcher.quoteReplacement(
                  found.group(1).isEmpty() ? text : text.replaceFirst("^0(?=.)", ""));
            });
  }

  private static String directive(char directive, LocalDateTime now) {
    if (directive == '%') {
      return "%";
    }
    String pattern =
        switch (directive) {
          case 'a' -> "EEE";
          case 'A' -> "EEEE";
          case 'b', 'h' -> "MMM";
          case 'B' -> "MMMM";
          case 'd' -> "dd";
          case 'F' -> "uuuu-MM-dd";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'j' -> "DDD";
          case 'm' -> "MM";
          case 'M' -> "mm";
          case 'p' -> "a";
          case 'S' -> "ss";
          case 'T' -> "HH:mm:ss";
          case 'y' -> "uu";
          case 'Y' -> "uuuu";
          default -> throw new TemplateException("strftime's %" + directive + " is not supported");
        };
    return now.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }
}
