package dev.ridgepoint.estimator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.time.MeasuredError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * How well runs are met that nothing was fitted to. Each device, and each model, is left out in
 * turn: the scales of the terms of a prediction are fitted to all other runs, by the least mean of
 * |log(measured / predicted)|, and what is left out is predicted with them.
 */
public final class LeftOutRuns {
  /** No constant is further from what it is than this when some runs are left out. */
  private static final double MOST_SCALE = 5;

  private static final double FIRST_STEP = 1.5;
  private static final double LAST_STEP = 1.005;

  /** The widths have two or three digits. */
  private static final double ROUNDING = 0.03;

  private final List<Run> runs;
  private final double[] byDevice;
  private final double[] byModel;

  /**
   * A measured time and what its prediction is made of.
   *
   * @param bound no prediction is less
   * @param fixed seconds that are not scaled
   * @param terms seconds that are
   */
  public record Run(
      String device, String model, double measured, double bound, double fixed, double... terms) {
    private double residual(double[] scales) {
      double seconds = fixed;
      for (int i = 0; i < terms.length; i++) {
        seconds += scales[i] * terms[i];
      }
      return Math.log(measured / Math.max(bound, seconds));
    }
  }

  public LeftOutRuns(List<Run> runs) {
    this.runs = List.copyOf(runs);
    byDevice = residuals(Run::device);
    byModel = residuals(Run::model);
  }

  /** Of the constants as they are, changed as their fit changes when a group is left out. */
  private double[] residuals(Function<Run, String> group) {
    double[] ofAll = fit(runs);
    double[] residuals = new double[runs.size()];
    for (String left : runs.stream().map(group).distinct().toList()) {
      double[] scales = fit(runs.stream().filter(run -> !group.apply(run).equals(left)).toList());
      for (int i = 0; i < scales.length; i++) {
        scales[i] /= ofAll[i];
      }
      for (int i = 0; i < residuals.length; i++) {
        if (group.apply(runs.get(i)).equals(left)) {
          residuals[i] = runs.get(i).residual(scales);
        }
      }
    }
    return residuals;
  }

  /** By trying each scale alone, in ever smaller steps. */
  private static double[] fit(List<Run> runs) {
    double[] scales = new double[runs.getFirst().terms.length];
    Arrays.fill(scales, 1);
    double best = error(runs, scales);
    for (double step = FIRST_STEP; step > LAST_STEP; ) {
      boolean isBetter = false;
      for (int i = 0; i < scales.length; i++) {
        for (double factor : new double[] {step, 1 / step}) {
          double before = scales[i];
          scales[i] = Math.clamp(before * factor, 1 / MOST_SCALE, MOST_SCALE);
          double error = error(runs, scales);
          if (error < best - 1e-9) {
            best = error;
            isBetter = true;
          } else {
            scales[i] = before;
          }
        }
      }
      step = isBetter ? step : Math.sqrt(step);
    }
    return scales;
  }

  private static double error(List<Run> runs, double[] scales) {
    return runs.stream().mapToDouble(run -> Math.abs(run.residual(scales))).average().orElseThrow();
  }

  /** The p-th of the errors |predicted / measured - 1| with devices left out. */
  public double errorOfLeftOutDevices(double p) {
    return quantile(byDevice, p);
  }

  /** The same with models left out. */
  public double errorOfLeftOutModels(double p) {
    return quantile(byModel, p);
  }

  private static double quantile(double[] residuals, double p) {
    return MeasuredRuns.quantile(
        Arrays.stream(residuals).map(residual -> Math.abs(Math.exp(-residual) - 1)).toArray(), p);
  }

  /** That the widths are those of all left-out runs, of which they hold nine of ten. */
  public void assertWidths(MeasuredError error) {
    double[] sorted =
        DoubleStream.concat(Arrays.stream(byDevice), Arrays.stream(byModel)).sorted().toArray();
    int outside = Math.toIntExact(Math.round(0.1 * sorted.length));
    int below = shortest(sorted, outside);
    double lowest = Math.min(1, Math.exp(sorted[below]));
    double highest = Math.max(1, Math.exp(sorted[sorted.length - 1 - outside + below]));
    String computed =
        String.format(Locale.ROOT, "%s is to be (%.3f, %.3f)", error, lowest, highest);
    assertEquals(1, error.lowest() / lowest, ROUNDING, computed);
    assertEquals(1, error.highest() / highest, ROUNDING, computed);
    double covered = covered(sorted, error);
    double one = 1.0 / sorted.length;
    assertTrue(
        covered >= Math.min(0.88, 0.9 - one) && covered <= Math.max(0.92, 0.9 + one),
        error + " covers " + covered);
  }

  /** How many of those outside are below the shortest interval. */
  private static int shortest(double[] sorted, int outside) {
    int best = 0;
    for (int below = 1; below <= outside; below++) {
      if (width(sorted, outside, below) < width(sorted, outside, best)) {
        best = below;
      }
    }
    return best;
  }

  private static double width(double[] sorted, int outside, int below) {
    return sorted[sorted.length - 1 - outside + below] - sorted[below];
  }

  /** The shares of the runs of left-out devices, and of left-out models, within the widths. */
  public List<Double> covered(MeasuredError error) {
    return List.of(covered(byDevice, error), covered(byModel, error));
  }

  private static double covered(double[] residuals, MeasuredError error) {
    return Arrays.stream(residuals)
            .map(Math::exp)
            .filter(ratio -> ratio >= error.lowest() && ratio <= error.highest())
            .count()
        / (double) residuals.length;
  }

  /** All runs, such that each of a kind is there once. */
  public static List<Run> distinct(List<Run> runs) {
    List<Run> distinct = new ArrayList<>();
    for (Run run : runs) {
      if (distinct.stream()
          .noneMatch(
              other ->
                  other.device.equals(run.device)
                      && other.model.equals(run.model)
                      && other.measured == run.measured
                      && Arrays.equals(other.terms, run.terms))) {
        distinct.add(run);
      }
    }
    return distinct;
  }
}
