package dev.ridgepoint.bench.probe;

/**
 * A kernel at work on every thread of a team.
 *
 * @param workPerRepetition FLOPs or bytes of one repetition, of all threads together
 */
record Load(double workPerRepetition, Kernel kernel) {
  /** Repeats its loop on one thread; what it returns depends on all of it. */
  interface Kernel {
    int run(int thread, int repetitions);
  }
}
