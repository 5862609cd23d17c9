package dev.ridgepoint.estimator.operation;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

/**
 * Exact counts, no rates.
 *
 * <p>FLOPs: one per add, multiply, divide, square root, exponential; a multiply-add is two;
 * comparisons, conversions and sign changes are none. Bytes are compulsory traffic: each weight
 * byte once per step, each cached key and value once per step and sequence, new keys and values
 * written once, states of recurrences read and written once per step and sequence, activations once
 * in and once out.
 *
 * @param flops all FLOPs
 * @param matmulFlops those of matrix products alone, the count that papers use
 * @param weightBytes weights read, quantisation scales included
 * @param kvReadBytes what is kept of sequences and read: cached keys and values, and states
 * @param kvWrittenBytes what is written of that
 * @param activationBytes activations read and written
 */
public record Cost(
    long flops,
    long matmulFlops,
    long weightBytes,
    long kvReadBytes,
    long kvWrittenBytes,
    long activationBytes) {

  /** Nothing. */
  public static final Cost ZERO = new Cost(0, 0, 0, 0, 0, 0);

  /**
   * This and another.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public Cost plus(Cost other) {
    return new Cost(
        addExact(flops, other.flops),
        addExact(matmulFlops, other.matmulFlops),
        addExact(weightBytes, other.weightBytes),
        addExact(kvReadBytes, other.kvReadBytes),
        addExact(kvWrittenBytes, other.kvWrittenBytes),
        addExact(activationBytes, other.activationBytes));
  }

  /**
   * This so many times.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public Cost times(long count) {
    return new Cost(
        multiplyExact(flops, count),
        multiplyExact(matmulFlops, count),
        multiplyExact(weightBytes, count),
        multiplyExact(kvReadBytes, count),
        multiplyExact(kvWrittenBytes, count),
        multiplyExact(activationBytes, count));
  }

  /** All bytes moved. */
  public long bytes() {
    return addExact(addExact(weightBytes, activationBytes), addExact(kvReadBytes, kvWrittenBytes));
  }

  /** FLOPs per byte moved. */
  public double arithmeticIntensity() {
    return (double) flops / bytes();
  }
}
