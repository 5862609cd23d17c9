package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.Predictor;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.List;
import java.util.function.Supplier;

/**
 * A technique whose steps are known before they are run.
 *
 * @param explanation of the ratio measured, and of what both ways cost on paper
 * @param closed frees what the ways need
 */
record PlannedExperiment(
    Description description,
    Way usualWay,
    Way techniqueWay,
    Explanation explanation,
    Runnable closed)
    implements Experiment {

  /**
   * One of the two ways.
   *
   * @param predictor of its steps, in its formats
   * @param steps in order
   * @param isLongest whether the longest step's time counts, instead of the sum
   * @param run does them
   */
  record Way(
      Predictor predictor, List<Step> steps, boolean isLongest, Supplier<List<TimedStep>> run) {
    Way {
      steps = List.copyOf(steps);
    }

    /** Steps of which all times count. */
    static Way of(Predictor predictor, List<Step> steps, Supplier<List<TimedStep>> run) {
      return new Way(predictor, steps, false, run);
    }

    private Forecast forecast() {
      return Forecast.of(predictor, steps);
    }

    private double seconds() {
      return isLongest
          ? steps.stream()
              .mapToDouble(step -> Forecast.of(predictor, step).seconds())
              .max()
              .orElse(0)
          : forecast().seconds();
    }

    private Pass pass() {
      List<TimedStep> timed = run.get();
      return isLongest ? Pass.longest(timed) : Pass.total(timed);
    }
  }

  /** Says why. */
  @FunctionalInterface
  interface Explanation {
    /**
     * @param measured how many times as fast the technique was
     */
    String text(double measured, Forecast usual, Forecast technique);
  }

  @Override
  public double secondsOfTurn() {
    return usualWay.forecast().seconds() + techniqueWay.forecast().seconds();
  }

  @Override
  public Turn run() {
    return new Turn(usualWay.pass(), techniqueWay.pass());
  }

  @Override
  public Forecast usual(Pass pass) {
    return pass.forecast(usualWay.predictor);
  }

  @Override
  public Forecast technique(Pass pass) {
    return pass.forecast(techniqueWay.predictor);
  }

  @Override
  public double predicted(List<Turn> turns) {
    return usualWay.seconds() / techniqueWay.seconds();
  }

  @Override
  public String explanation(double measured, List<Turn> turns) {
    return explanation.text(measured, usualWay.forecast(), techniqueWay.forecast());
  }

  @Override
  public void close() {
    closed.run();
  }
}
