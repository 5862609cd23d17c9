package dev.ridgepoint.bench.probe;

import dev.ridgepoint.bench.probe.Ceilings.Bandwidth;
import dev.ridgepoint.bench.probe.Ceilings.Peak;
import java.util.List;
import java.util.Locale;

/**
 * Notes what a sound measurement would not show. Nothing is corrected: the reader should see it.
 */
final class Plausibility {
  /** A larger working set reads faster than a smaller one only by disturbance. */
  private static final double MORE_THAN_SMALLER = 1.15;

  /** More threads give less only by disturbance. */
  private static final double LESS_THAN_FEWER = 0.9;

  /** A ceiling stands on more than one lucky sample. */
  private static final double MAX_OVER_MEDIAN = 1.25;

  private Plausibility() {}

  static void check(List<Peak> peaks, List<Bandwidth> bandwidths, Notes notes) {
    for (int i = 0; i < peaks.size(); i++) {
      Peak peak = peaks.get(i);
      String what = String.format(Locale.ROOT, "FMA peak with %d threads", peak.threads());
      checkSpread(what, peak.flopsPerSecond(), notes);
      if (i > 0
          && peak.flopsPerSecond().max()
              < LESS_THAN_FEWER * peaks.get(i - 1).flopsPerSecond().max()) {
        notes.add(
            String.format(
                Locale.ROOT, "%s is below that with %d", what, peaks.get(i - 1).threads()));
      }
    }
    for (int i = 0; i < bandwidths.size(); i++) {
      Bandwidth bandwidth = bandwidths.get(i);
      String what =
          String.format(
              Locale.ROOT,
              "bandwidth with %d threads over %d KiB",
              bandwidth.threads(),
              bandwidth.workingSetBytes() >> 10);
      checkSpread(what, bandwidth.bytesPerSecond(), notes);
      if (i > 0
          && bandwidths.get(i - 1).threads() == bandwidth.threads()
          && bandwidth.bytesPerSecond().max()
              > MORE_THAN_SMALLER * bandwidths.get(i - 1).bytesPerSecond().max()) {
        notes.add(
            String.format(
                Locale.ROOT,
                "%s is above that over %d KiB",
                what,
                bandwidths.get(i - 1).workingSetBytes() >> 10));
      }
    }
  }

  private static void checkSpread(String what, Spread spread, Notes notes) {
    if (spread.max() > MAX_OVER_MEDIAN * spread.median()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%s varied: median %.1f, best %.1f G/s",
              what,
              spread.median() / 1e9,
              spread.max() / 1e9));
    }
  }
}
