package dev.ridgepoint.bench.techniques;

import java.util.List;

/** A technique and the usual way of doing the same work. */
interface Experiment extends AutoCloseable {
  /** What is known of it before it is run. */
  Description description();

  /** About what a turn takes, to know whether it fits into a time. */
  double secondsOfTurn();

  /** Does the work in both ways. */
  Turn run();

  /** What the estimator says of what the usual way did. */
  Forecast usual(Pass pass);

  /** What it says of what the technique did. */
  Forecast technique(Pass pass);

  /**
   * How many times as fast the technique is by what the estimator predicts.
   *
   * @param turns that were run, of which nothing is taken but the share of right guesses
   */
  double predicted(List<Turn> turns);

  /**
   * Why the technique gains or loses, in its numbers.
   *
   * @param measured how many times as fast it was
   */
  String explanation(double measured, List<Turn> turns);

  @Override
  void close();

  /**
   * What is known of a technique before it is run.
   *
   * @param compared what is done in both ways
   */
  record Description(String name, String compared, String formula, String source) {}
}
