package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.report.Phase;
import java.util.Locale;

/**
 * A step to be measured.
 *
 * @param threads of the decoder's team
 * @param batch sequences in the step
 * @param newTokens new tokens of each sequence
 * @param context tokens that each sequence has cached before the step
 */
public record PlannedPoint(Phase phase, int threads, int batch, int newTokens, int context) {

  @Override
  public String toString() {
    return switch (phase) {
      case PREFILL -> String.format(Locale.ROOT, "prefill, %d tokens, %s", newTokens, team());
      case DECODE ->
          String.format(Locale.ROOT, "decode, batch %d, context %d, %s", batch, context, team());
    };
  }

  private String team() {
    return threads == 1 ? "1 thread" : threads + " threads";
  }
}
