package dev.ridgepoint.bench.text;

import java.math.BigInteger;
import java.util.Locale;

/** What a column holds, and so how a reader wants it. Values that are missing are empty. */
public enum Format {
  /** Words. */
  TEXT,
  /** A number whose every digit counts. */
  COUNT,
  /** FLOPs. */
  FLOPS,
  /** Bytes, in decimal units. */
  BYTES,
  /** FLOP/s. */
  FLOPS_PER_SECOND,
  /** B/s. */
  BYTES_PER_SECOND,
  /** A quantity without a unit, or with the one that its heading names. */
  NUMBER,
  /** As {@link #NUMBER}, in 10^9 of the unit that its heading names. */
  GIGA,
  /** As {@link #NUMBER}, in 10^12 of the unit that its heading names. */
  TERA,
  /** A ratio, such as 2.00×. */
  TIMES,
  /** A fraction, shown in percent. */
  SHARE,
  /** Seconds. */
  SECONDS,
  /** US dollars. */
  DOLLARS;

  /** Three significant digits and a fitting unit; of a count, every digit. */
  public String brief(Object value) {
    if (value == null) {
      return "";
    }
    return switch (this) {
      case TEXT -> value.toString();
      case COUNT -> digits((Number) value);
      case FLOPS -> Units.flops(number(value));
      case BYTES -> Units.bytes(number(value));
      case FLOPS_PER_SECOND -> Units.flopsPerSecond(number(value));
      case BYTES_PER_SECOND -> Units.bytesPerSecond(number(value));
      case NUMBER -> Units.compact(number(value));
      case GIGA -> Units.compact(1e-9 * number(value));
      case TERA -> Units.compact(1e-12 * number(value));
      case TIMES -> Units.times(number(value));
      case SHARE -> String.format(Locale.ROOT, "%.1f %%", 100 * number(value));
      case SECONDS -> Units.duration(number(value));
      case DOLLARS -> "$" + Units.significant(number(value));
    };
  }

  /** As {@link #brief}; of FLOPs and bytes every digit too, and words for no value. */
  public String full(Object value) {
    if (value == null) {
      return "none";
    }
    boolean isWhole = value instanceof Long || value instanceof Integer;
    if ((this == FLOPS || this == BYTES) && (isWhole || value instanceof BigInteger)) {
      return "%s %s (%s)".formatted(digits((Number) value), unit(), brief(value));
    }
    return brief(value);
  }

  /** Whether columns of it are aligned at their right ends. */
  public boolean isNumeric() {
    return this != TEXT;
  }

  private String unit() {
    return this == FLOPS ? "FLOP" : "B";
  }

  private static String digits(Number value) {
    return value instanceof Double || value instanceof Float
        ? Units.compact(value.doubleValue())
        : String.format(Locale.ROOT, "%,d", value);
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }
}
