package dev.ridgepoint.bench.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Numbers as a reader wants them: three significant digits, a fitting unit. Rates and amounts are
 * decimal (GB = 10^9 bytes); sizes of caches and working sets are binary (GiB = 2^30).
 */
public final class Units {
  private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Units() {}

  public static String flops(double flops) {
    return decimal(flops, "FLOP");
  }

  /** An exact count of FLOPs. */
  public static String flops(long flops) {
    return flops((double) flops);
  }

  public static String flopsPerSecond(double rate) {
    return decimal(rate, "FLOP/s");
  }

  public static String bytes(double bytes) {
    return decimal(bytes, "B");
  }

  /** An exact count of bytes, in a decimal unit. */
  public static String bytes(long bytes) {
    return bytes((double) bytes);
  }

  public static String bytesPerSecond(double rate) {
    return decimal(rate, "B/s");
  }

  /** An amount of anything, with a decimal prefix: "353 k" parameters. */
  public static String amount(double value) {
    return decimal(value, "").strip();
  }

  public static String intensity(double flopsPerByte) {
    return significant(flopsPerByte) + " FLOP/B";
  }

  public static String tokensPerSecond(double rate) {
    return significant(rate) + (significant(rate).equals("1.00") ? " token/s" : " tokens/s");
  }

  public static String percent(double fraction) {
    double percent = 100 * fraction;
    return (Math.abs(percent) < 9.95 && percent != 0
            ? String.format(Locale.ROOT, "%.1f", percent)
            : String.format(Locale.ROOT, "%.0f", percent))
        + " %";
  }

  /** As {@link #percent}, with a digit more where whole percents would hide what exceeds 100. */
  public static String percentBeyond(double fraction) {
    return fraction < 1.1
        ? String.format(Locale.ROOT, "%.1f %%", 100 * fraction)
        : percent(fraction);
  }

  public static String times(double factor) {
    return significant(factor) + "×";
  }

  public static String seconds(double seconds) {
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

  /** As {@link #seconds}, in minutes, hours, days or years where these say more. */
  public static String duration(double seconds) {
    double[] lengths = {365.25 * 86_400, 86_400, 3_600, 60};
    String[] names = {"years", "days", "hours", "min"};
    for (int i = 0; i < lengths.length; i++) {
      if (seconds >= 2 * lengths[i]) {
        return significant(seconds / lengths[i]) + " " + names[i];
      }
    }
    return seconds(seconds);
  }

  /** Three significant digits of any magnitude: 0.00123, 12.3, 1,234, 1.23e12. */
  public static String compact(double value) {
    double magnitude = Math.abs(value);
    return magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e7)
        ? String.format(Locale.ROOT, "%.3g", value).replaceFirst("e\\+?(-?)0*", "e$1")
        : significant(value);
  }

  /** A size in KiB, MiB, GiB: "64 KiB", "1.5 GiB". */
  public static String size(long bytes) {
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
  public static String count(long n, String singular) {
    return String.format(Locale.ROOT, "%,d %s", n, n == 1 ? singular : singular + "s");
  }

  /** As {@link #significant}, without trailing zeros: "8", not "8.00". */
  public static String trimmed(double value) {
    String text = significant(value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }

  /** Three significant digits; whole numbers from 1000 on. Never an exponent. */
  public static String significant(double value) {
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
