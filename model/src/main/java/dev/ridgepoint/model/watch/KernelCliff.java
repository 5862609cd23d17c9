package dev.ridgepoint.model.watch;

import java.util.Locale;

/**
 * An operation that runs far below its speed because of how the JVM has compiled its kernel.
 *
 * @param operation its name in the operation list
 * @param rows new tokens of the step in which that was found
 * @param bytesPerCall what a call allocates on the thread that runs the step, and about as much on
 *     each of its team; 0 if it is merely slower than before
 * @param cpuNanosPerCall processor time of a call on that thread, the mean over the step's layers
 * @param slowdown how many times as long as earlier in this process; 1 if it was never faster
 */
public record KernelCliff(
    String operation, int rows, long bytesPerCall, long cpuNanosPerCall, double slowdown) {

  /** Vectors that stay on the heap. */
  static KernelCliff boxed(String operation, int rows, long bytesPerCall, long cpuNanosPerCall) {
    return new KernelCliff(operation, rows, bytesPerCall, cpuNanosPerCall, 1);
  }

  /** Code that has become slower. */
  static KernelCliff slower(String operation, int rows, long cpuNanosPerCall, double slowdown) {
    return new KernelCliff(operation, rows, 0, cpuNanosPerCall, slowdown);
  }

  /** A sentence for people: what was seen, and what it means. */
  public String description() {
    String rowsText = rows == 1 ? "1 row" : rows + " rows";
    return bytesPerCall > 0
        ? String.format(
            Locale.ROOT,
            "%s with %s still allocates %,d bytes in every call: the JVM compiled it with vectors"
                + " on the heap",
            operation,
            rowsText,
            bytesPerCall)
        : String.format(
            Locale.ROOT,
            "%s with %s takes %.1f times as long as before, the rest of the step does not: the JVM"
                + " compiled it again, for the worse",
            operation,
            rowsText,
            slowdown);
  }
}
