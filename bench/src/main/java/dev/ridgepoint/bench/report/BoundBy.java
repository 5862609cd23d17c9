package dev.ridgepoint.bench.report;

import java.util.Locale;

/** Which roof is the lower one at a point's intensity. */
public enum BoundBy {
  MEMORY,
  COMPUTE;

  /** The name in files and texts: {@code memory}, {@code compute}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
