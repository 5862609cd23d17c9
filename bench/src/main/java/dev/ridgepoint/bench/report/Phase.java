package dev.ridgepoint.bench.report;

import java.util.Locale;

/** The two phases of generation. */
public enum Phase {
  /** A prompt's tokens, all in one step. */
  PREFILL,
  /** One new token for each sequence. */
  DECODE;

  /** The name in files and texts: {@code prefill}, {@code decode}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
