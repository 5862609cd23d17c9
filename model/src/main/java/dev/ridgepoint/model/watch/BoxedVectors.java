package dev.ridgepoint.model.watch;

/**
 * Tells an operation whose vectors stay on the heap from one whose kernels are not compiled yet.
 * Both allocate; but the compiler needs a second or two for all kernels together, however slow they
 * are meanwhile.
 */
final class BoxedVectors {
  /**
   * Of the processor time that the operation itself takes: so it holds for steps of microseconds
   * and of seconds, and on a busy machine, where the compiler waits for a processor, too.
   */
  static final long PATIENCE_CPU_NANOS = 5_000_000_000L;

  private int rows;
  private long cpuNanos;

  /**
   * Judges one more step. Steps of other shapes run other kernels: that they do not allocate says
   * nothing of those that did.
   *
   * @param rows of the step
   * @param allocates whether the operation did
   * @param cpuNanos processor time that it took
   * @return whether it has allocated for so long that it will not end by itself
   */
  boolean isLasting(int rows, boolean allocates, long cpuNanos) {
    if (allocates) {
      this.rows = rows;
      this.cpuNanos += cpuNanos;
    } else if (rows == this.rows) {
      this.cpuNanos = 0;
    }
    return this.cpuNanos >= PATIENCE_CPU_NANOS;
  }
}
