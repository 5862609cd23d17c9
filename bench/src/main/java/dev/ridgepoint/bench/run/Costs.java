package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.report.Phase;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What measurements will take: at first by the roofline, then by what those before took. A step
 * that was measured takes what it took; others are as much slower than their bounds as the slowest
 * of their phase was.
 */
final class Costs {
  /** An iteration is no shorter. */
  static final double ITERATION_SECONDS = 0.25;

  /** Plain reads before and after each iteration. */
  private static final double READS_SECONDS = 0.05;

  /** Steps until the compiler is done, in the kernels' benchmark and in the step's. */
  private static final int WARM_UP_STEPS = 4;

  /** Until one was measured. */
  private static final double SLOWDOWN = 1.5;

  /** With all effort, until they were probed. */
  private static final double ROOFS_SECONDS = 25;

  private final ToDoubleFunction<PlannedPoint> boundSeconds;
  private final Map<Phase, Double> slowdowns = new EnumMap<>(Phase.class);
  private final Map<PlannedPoint, Double> measuredSteps = new HashMap<>();
  private double setUpSeconds;
  private double roofsSeconds = ROOFS_SECONDS;

  /**
   * @param boundSeconds the least time that a step can take
   * @param setUpSeconds of a measurement before its first step: a JVM's start, a model's weights
   */
  Costs(ToDoubleFunction<PlannedPoint> boundSeconds, double setUpSeconds) {
    this.boundSeconds = boundSeconds;
    this.setUpSeconds = setUpSeconds;
  }

  /** One step of the point. */
  double stepSeconds(PlannedPoint point) {
    Double measured = measuredSteps.get(point);
    return measured != null
        ? measured
        : boundSeconds.applyAsDouble(point) * slowdowns.getOrDefault(point.phase(), SLOWDOWN);
  }

  /** One iteration of the point's benchmark. */
  double sampleSeconds(PlannedPoint point) {
    return Math.max(ITERATION_SECONDS, stepSeconds(point)) + READS_SECONDS;
  }

  /** A measurement of {@code samples} iterations, with all that goes before. */
  double seconds(PlannedPoint point, int samples) {
    return setUpSeconds + WARM_UP_STEPS * stepSeconds(point) + samples * sampleSeconds(point);
  }

  /** Probing the roofs once more. */
  double roofsSeconds() {
    return roofsSeconds;
  }

  /** Probing the roofs took so long. */
  void learnRoofs(double seconds) {
    roofsSeconds = seconds;
  }

  /** A step of the point took so long. */
  void learnStep(PlannedPoint point, double stepSeconds) {
    measuredSteps.put(point, stepSeconds);
    slowdowns.merge(point.phase(), stepSeconds / boundSeconds.applyAsDouble(point), Math::max);
  }

  /** A measurement of {@code samples} iterations, whose step is known, took so long altogether. */
  void learn(PlannedPoint point, int samples, double seconds) {
    setUpSeconds = Math.max(0, setUpSeconds + seconds - seconds(point, samples));
  }
}
