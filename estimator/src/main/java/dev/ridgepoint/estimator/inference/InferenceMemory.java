package dev.ridgepoint.estimator.inference;

import static java.lang.Math.addExact;
import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.function.IntFunction;

/**
 * What inference holds at once.
 *
 * @param weightBytes all weights, each stored once
 * @param kvUsedBytes keys and values of the positions in use, and states of recurrences
 * @param kvReservedBytes what the allocation takes for them
 * @param workspaceBytes activations and rotary tables, an upper bound
 */
public record InferenceMemory(
    long weightBytes, long kvUsedBytes, long kvReservedBytes, long workspaceBytes) {

  /** How room for the cache is taken. */
  public sealed interface Allocation {
    /** Positions that a layer takes of a sequence with {@code used} of them. */
    long reserved(AttentionSpan span, long used);

    /**
     * Room for the longest sequence, from the start.
     *
     * @param maxPositions of a sequence
     */
    record Contiguous(int maxPositions) implements Allocation {
      @Override
      public long reserved(AttentionSpan span, long used) {
        return span.kept(Math.max(used, maxPositions));
      }
    }

    /**
     * Blocks as they are needed (PagedAttention, Kwon et al. 2023, arXiv:2309.06180; its blocks
     * have 16 positions): of each sequence, only the last may be partly empty.
     *
     * @param blockPositions positions of a block
     */
    record Paged(int blockPositions) implements Allocation {
      /**
       * @throws IllegalArgumentException unless positive
       */
      public Paged {
        if (blockPositions < 1) {
          throw new IllegalArgumentException(
              "blockPositions must be positive, but is " + blockPositions);
        }
      }

      @Override
      public long reserved(AttentionSpan span, long used) {
        long blocks = ceilDiv(span.kept(used), (long) blockPositions);
        return multiplyExact(blocks, (long) blockPositions);
      }
    }
  }

  /**
   * {@code batch} sequences of {@code positions} positions in use, decoding. Layers with a window
   * keep what it sees; {@link MemoryEstimate} is for this project's engine, which keeps whole
   * pages.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public static InferenceMemory of(
      Architecture architecture,
      ForwardOptions options,
      int batch,
      int positions,
      Allocation allocation) {
    long weights = options.weights().storedBytes(architecture);
    return of(architecture, options, weights, batch, positions, allocation);
  }

  /** As above, of weights whose bytes are known already: a search asks for many. */
  static InferenceMemory of(
      Architecture architecture,
      ForwardOptions options,
      long weightBytes,
      int batch,
      int positions,
      Allocation allocation) {
    return byBatch(architecture, options, weightBytes, positions, allocation).apply(batch);
  }

  /** As above, for many batches: what does not depend on them is counted once. */
  static IntFunction<InferenceMemory> byBatch(
      Architecture architecture,
      ForwardOptions options,
      long weightBytes,
      int positions,
      Allocation allocation) {
    KvCacheFormat kvCache = options.kvCache();
    long used = kvCache.sequenceBytes(architecture, positions);
    long reserved =
        kvCache.sequenceBytes(architecture, span -> allocation.reserved(span, positions));
    long rotaryRows = allocation.reserved(new AttentionSpan.Causal(), positions);
    Workspace workspace = Workspace.of(architecture, options);
    return batch ->
        new InferenceMemory(
            weightBytes,
            multiplyExact((long) batch, used),
            multiplyExact((long) batch, reserved),
            workspace.bytes(batch, batch, rotaryRows));
  }

  /** Everything. */
  public long totalBytes() {
    return addExact(addExact(weightBytes, kvReservedBytes), workspaceBytes);
  }
}
