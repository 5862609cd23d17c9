package dev.ridgepoint.bench.text;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as users write them: {@code 0.5B}, {@code 1e21}, {@code 989T}, {@code 80GB}. */
public final class Quantities {
  private static final Pattern NUMBER =
      Pattern.compile("([0-9]{1,30}(?:\\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?) ?([A-Za-z]{0,3})");
  private static final Pattern ANSWER =
      Pattern.compile(
          "([0-9]{1,30}|[0-9]{1,3}(?:,[0-9]{3}){1,9})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?"
              + " ?([A-Za-zµ/%]{0,12})");
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);

  private static final Map<String, BigDecimal> AMOUNTS =
      Map.of(
          "", BigDecimal.ONE,
          "K", BigDecimal.valueOf(1, -3),
          "M", BigDecimal.valueOf(1, -6),
          "G", BigDecimal.valueOf(1, -9),
          "B", BigDecimal.valueOf(1, -9),
          "T", BigDecimal.valueOf(1, -12),
          "P", BigDecimal.valueOf(1, -15));
  private static final Map<String, BigDecimal> DURATIONS =
      Map.of(
          "S", BigDecimal.ONE,
          "M", BigDecimal.valueOf(60),
          "H", BigDecimal.valueOf(3600));
  private static final Map<String, BigDecimal> BYTES = byteUnits();

  private static final Map<String, BigDecimal> SECONDS =
      Map.of(
          "", BigDecimal.ONE,
          "s", BigDecimal.ONE,
          "ms", BigDecimal.valueOf(1, 3),
          "us", BigDecimal.valueOf(1, 6),
          "ns", BigDecimal.valueOf(1, 9));

  private Quantities() {}

  /**
   * A count or a rate with a suffix K, M, B or G, T, P for powers of 1000; above 0.
   *
   * @param source the flag, for messages
   */
  public static double amount(String source, String text) {
    return parse(source, text, AMOUNTS, "a number such as 7e9, 7B or 1.5T").doubleValue();
  }

  /** As {@link #amount}, a whole number below 2^63. */
  public static long count(String source, String text) {
    return whole(source, text, parse(source, text, AMOUNTS, "a number such as 7e9, 7B or 1.5T"));
  }

  /** Bytes, such as {@code 80GB} (10^9) or {@code 16GiB} (2^30). */
  public static long bytes(String source, String text) {
    return whole(source, text, parse(source, text, BYTES, "bytes such as 80GB or 16GiB"));
  }

  /**
   * A number that people read and write: with or without commas between thousands, in the unit that
   * was asked for or a multiple of it, or in none.
   *
   * @param source the flag, for messages
   * @param unit such as {@code B}, {@code s}, {@code FLOP/s} or {@code tokens}; empty for a pure
   *     number, which may be in percent
   * @return the number in {@code unit}
   * @throws InvalidInputException one line, if it is no such number
   */
  public static double inUnit(String source, String text, String unit) {
    Matcher matcher = ANSWER.matcher(text.strip());
    BigDecimal factor = matcher.matches() ? multiples(unit).get(singular(matcher.group(4))) : null;
    if (factor == null) {
      throw new InvalidInputException(
          source,
          "must be a number%s, but is \"%s\""
              .formatted(unit.isEmpty() ? "" : " in " + unit, shown(text)));
    }
    String number =
        matcher.group(1).replace(",", "")
            + Objects.requireNonNullElse(matcher.group(2), "")
            + Objects.requireNonNullElse(matcher.group(3), "");
    return new BigDecimal(number).multiply(factor).doubleValue();
  }

  /** As {@link #multiples} has it: in lower case, words in the singular. */
  private static String singular(String unit) {
    String lower = unit.toLowerCase(Locale.ROOT).replace('µ', 'u');
    return lower.length() > 2 && lower.endsWith("s") && !lower.endsWith("/s")
        ? lower.substring(0, lower.length() - 1)
        : lower.replace("tokens/", "token/");
  }

  private static Map<String, BigDecimal> multiples(String unit) {
    if (unit.equals("s")) {
      return SECONDS;
    }
    Map<String, BigDecimal> multiples = new HashMap<>();
    if (unit.equals("B")) {
      BYTES.forEach((name, value) -> multiples.put(name.toLowerCase(Locale.ROOT), value));
      multiples.put("byte", BigDecimal.ONE);
      return multiples;
    }
    AMOUNTS.forEach(
        (prefix, value) -> {
          multiples.put(prefix.toLowerCase(Locale.ROOT), value);
          multiples.put(singular(prefix + unit), value);
        });
    if (unit.isEmpty()) {
      multiples.put("%", BigDecimal.valueOf(1, 2));
    }
    return multiples;
  }

  /** Seconds, minutes or hours, such as {@code 90s}, {@code 10m} or {@code 1.5h}. */
  public static Duration duration(String source, String text) {
    BigDecimal seconds = parse(source, text, DURATIONS, "a time such as 90s or 10m");
    BigDecimal nanos = seconds.movePointRight(9).setScale(0, RoundingMode.CEILING);
    return Duration.ofNanos(whole(source, text, nanos));
  }

  private static BigDecimal parse(
      String source, String text, Map<String, BigDecimal> units, String expected) {
    Matcher matcher = NUMBER.matcher(text.strip());
    BigDecimal unit =
        matcher.matches() ? units.get(matcher.group(2).toUpperCase(Locale.ROOT)) : null;
    if (unit == null) {
      throw new InvalidInputException(
          source, "must be %s, but is \"%s\"".formatted(expected, shown(text)));
    }
    BigDecimal value = new BigDecimal(matcher.group(1)).multiply(unit);
    if (value.signum() <= 0 || Double.isInfinite(value.doubleValue())) {
      throw new InvalidInputException(
          source, "must be positive and finite, but is \"%s\"".formatted(shown(text)));
    }
    return value;
  }

  private static long whole(String source, String text, BigDecimal value) {
    try {
      return value.longValueExact();
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          source, "must be whole and below 2^63, but is \"%s\"".formatted(shown(text)), e);
    }
  }

  private static String shown(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }

  private static Map<String, BigDecimal> byteUnits() {
    Map<String, BigDecimal> units = new LinkedHashMap<>();
    units.put("", BigDecimal.ONE);
    units.put("B", BigDecimal.ONE);
    BigDecimal decimal = BigDecimal.ONE;
    BigDecimal binary = BigDecimal.ONE;
    for (String prefix : new String[] {"K", "M", "G", "T", "P"}) {
      decimal = decimal.scaleByPowerOfTen(3);
      binary = binary.multiply(KIBI);
      units.put(prefix + "B", decimal);
      units.put(prefix + "IB", binary);
    }
    return units;
  }
}
