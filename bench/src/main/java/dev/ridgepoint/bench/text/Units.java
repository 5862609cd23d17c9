package dev.ridgepoint.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Numbers as a reader wants them: three significant digits, a fitting unit. Rates and amounts are
 * decimal (GB = 10^9 bytes); sizes of caches and working sets are binary (GiB = 2^30).
 */
final class Units {
  private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P"};
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Units() {}

  static String flops(double flops) {
    return decimal(flops, "FLOP");
  }

  /** An exact count of FLOPs. */
  static String flops(long flops) {
    return flops((double) flops);
  }

  static String flopsPerSecond(double rate) {
    return decimal(rate, "FLOP/s");
  }

  static String bytes(double bytes) {
    return decimal(bytes, "B");
  }

  /** An exact count of bytes, in a decimal unit. */
  static String bytes(long bytes) {
    return bytes((double) bytes);
  }

  static String bytesPerSecond(double rate) {
    return decimal(rate, "B/s");
  }

  static String intensity(double flopsPerByte) {
    return significant(flopsPerByte) + " FLOP/B";
  }

  static String tokensPerSecond(double rate) {
    return significant(rate) + (significant(rate).equals("1.00") ? " token/s" : " tokens/s");
  }

  static String percent(double fraction) {
    double percent = 100 * fraction;
    return (Math.abs(percent) < 9.95 && percent != 0
            ? String.format(Locale.ROOT, "%.1f", percent)
            : String.format(Locale.ROOT, "%.0f", percent))
        + " %";
  }

  /** As {@link #percent}, with a digit more where whole percents would hide what exceeds 100. */
  static String percentBeyond(double fraction) {
    return fraction < 1.1
        ? String.format(Locale.ROOT, "%.1f %%", 100 * fraction)
        : percent(fraction);
  }

  static String times(double factor) {
    return significant(factor) + "×";
  }

  static String seconds(double seconds) {
    double rounded = round(seconds);
    if (rounded >= 1 || rounded == 0) {
      return significant(seconds) + " s";
    }
    if (rounded >= 1e-3) {
      return significant(seconds * 1e3) + " ms";
    }
    return rounded >= 1e-6
        ? significant(seconds * 1e6) + " µs"
        : significant(seconds * 1e9) + " ns";
  }

  /** A size in KiB, MiB, GiB: "64 KiB", "1.5 GiB". */
  static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < BINARY.length - 1) {
      value /= 1024;
      unit++;
    }
    String number =
        value == Math.rint(value)
            ? String.format(Locale.ROOT, "%.0f", value)
            : String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    return number + " " + BINARY[unit];
  }

  /** "1 thread", "2 threads". */
  static String count(long n, String singular) {
    return String.format(Locale.ROOT, "%,d %s", n, n == 1 ? singular : singular + "s");
  }

  /** As {@link #significant}, without trailing zeros: "8", not "8.00". */
  static String trimmed(double value) {
    String text = significant(value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }

  /** Three significant digits; whole numbers from 1000 on. Never an exponent. */
  static String significant(double value) {
    if (Math.abs(value) >= 999.5) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (value == 0) {
      return "0";
    }
    return decimalOf(value).toPlainString();
  }

  private static String decimal(double value, String unit) {
    double magnitude = Math.abs(round(value));
    int prefix = 0;
    while (magnitude >= 1000 && prefix < DECIMAL.length - 1) {
      magnitude /= 1000;
      prefix++;
    }
    return significant(value / Math.pow(1000, prefix)) + " " + DECIMAL[prefix] + unit;
  }

  private static double round(double value) {
    return decimalOf(value).doubleValue();
  }

  private static BigDecimal decimalOf(double value) {
    BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(3, RoundingMode.HALF_UP));
    int digits = rounded.precision() - rounded.scale();
    return rounded.signum() == 0 ? rounded : rounded.setScale(Math.max(0, 3 - digits));
  }
}
