package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.inference.InferenceMemory.Allocation;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.function.IntFunction;

/**
 * The most that fits in a memory.
 *
 * @param architecture a decoder
 * @param options formats
 * @param allocation how room for the cache is taken
 * @param availableBytes the memory
 */
public record Capacity(
    Architecture architecture, ForwardOptions options, Allocation allocation, long availableBytes) {
  private static final int MAX_TRIED = 1 << 30;

  /** The most sequences of {@code positions} positions; 0 if not even one fits. */
  public int largestBatch(int positions) {
    long weights = options.weights().storedBytes(architecture);
    IntFunction<InferenceMemory> memory =
        batch -> InferenceMemory.of(architecture, options, weights, batch, positions, allocation);
    return fits(memory, 1)
        ? largest(InferenceMemory.byBatch(architecture, options, weights, positions, allocation))
        : 0;
  }

  /** The most positions of each of {@code batch} sequences; 0 if not even one fits. */
  public int largestContext(int batch) {
    long weights = options.weights().storedBytes(architecture);
    return largest(
        positions ->
            InferenceMemory.of(architecture, options, weights, batch, positions, allocation));
  }

  /** The largest number up to 2^30 whose memory fits; memory grows with the number. */
  private int largest(IntFunction<InferenceMemory> memory) {
    int fits = 0;
    int tooMuch = MAX_TRIED;
    while (tooMuch - fits > 1) {
      int middle = fits + (tooMuch - fits) / 2;
      if (fits(memory, middle)) {
        fits = middle;
      } else {
        tooMuch = middle;
      }
    }
    return fits;
  }

  private boolean fits(IntFunction<InferenceMemory> memory, int number) {
    try {
      return memory.apply(number).totalBytes() <= availableBytes;
    } catch (ArithmeticException e) {
      return false; // more than 2^63 bytes do not fit either
    }
  }
}
