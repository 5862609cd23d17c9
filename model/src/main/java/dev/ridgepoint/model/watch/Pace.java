package dev.ridgepoint.model.watch;

import java.util.Arrays;

/**
 * Tells an operation that was compiled again for the worse from one that meets a busy machine: it
 * takes several times the processor time that it once took for the same work, the step's others do
 * not, that stays so, and the operation matters. What is slow from the first step on has nothing to
 * be compared with.
 */
final class Pace {
  /** Times as long. Neighbours on a shared machine cost a factor of two. */
  static final double FACTOR = 3;

  /** Samples, of which the median counts. */
  static final int WINDOW = 9;

  /** Slow windows in a row. */
  static final int LASTING = 5;

  /** Of a step: whatever takes less than this suffers from every cache that others emptied. */
  static final long LEAST_NANOS = 1_000_000;

  /** Of what the others take. */
  private static final double LEAST_SHARE = 0.2;

  private final double[] own = new double[WINDOW];
  private final double[] shares = new double[WINDOW];
  private int samples;
  private long work;
  private int otherWork;
  private double bestOwn;
  private double bestShare;
  private int slowWindows;

  /**
   * Judges one more sample.
   *
   * @param work what the operation did, positive, in any unit; samples are compared where it is the
   *     same within a tenth
   * @param nanos processor time that it took
   * @param othersNanos what the step's other operations took
   * @return how many times as long it takes as it once did, if that is lasting; else 1
   */
  double slowdown(long work, long nanos, long othersNanos) {
    if (Math.abs(work - this.work) > this.work / 10) {
      if (this.work > 0 && ++otherWork < WINDOW) {
        return 1;
      }
      restart(work);
    }
    otherWork = 0;
    own[samples] = nanos;
    shares[samples] = nanos / (double) Math.max(1, othersNanos);
    if (++samples < WINDOW) {
      return 1;
    }
    samples = 0;
    return endWindow(median(own), median(shares));
  }

  private void restart(long work) {
    this.work = work;
    samples = 0;
    slowWindows = 0;
    bestOwn = Double.MAX_VALUE;
    bestShare = Double.MAX_VALUE;
  }

  private double endWindow(double own, double share) {
    boolean matters = own >= LEAST_NANOS && share >= LEAST_SHARE;
    boolean slow = matters && own > FACTOR * bestOwn && share > FACTOR * bestShare;
    slowWindows = slow ? slowWindows + 1 : 0;
    bestOwn = Math.min(bestOwn, own);
    bestShare = Math.min(bestShare, share);
    return slowWindows >= LASTING ? own / bestOwn : 1;
  }

  private static double median(double[] window) {
    Arrays.sort(window);
    return window[WINDOW / 2];
  }
}
