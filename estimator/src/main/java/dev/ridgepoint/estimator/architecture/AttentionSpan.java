package dev.ridgepoint.estimator.architecture;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

/**
 * Which positions a token attends. Positions count from 0; {@code context} of them are in the
 * sequence before {@code newTokens} are fed.
 */
public sealed interface AttentionSpan {

  /**
   * The positions attended, summed over the new tokens.
   *
   * @throws ArithmeticException beyond 2^63
   */
  long attended(long newTokens, long context);

  /** The positions that at least one new token attends: what is read of the cache. */
  long visible(long newTokens, long context);

  /** The positions that must be held at most while a sequence grows to {@code positions}. */
  long kept(long positions);

  /** Every position up to the token's own. */
  record Causal() implements AttentionSpan {
    @Override
    public long attended(long newTokens, long context) {
      return arithmeticSeries(context + 1, context + newTokens, newTokens);
    }

    @Override
    public long visible(long newTokens, long context) {
      return context + newTokens;
    }

    @Override
    public long kept(long positions) {
      return positions;
    }
  }

  /**
   * The last positions, the token's own among them (Beltagy et al. 2020, arXiv:2004.05150; as in
   * Mistral 7B, arXiv:2310.06825).
   *
   * @param window positions seen at most
   */
  record Sliding(int window) implements AttentionSpan {
    public Sliding {
      Limits.requireSize("sliding_window", window, Integer.MAX_VALUE);
    }

    @Override
    public long attended(long newTokens, long context) {
      // min(p + 1, window) at position p: grows by one per token until the window is full
      long first = Math.min(context + 1, window);
      long growing = Math.min(newTokens, window - first + 1);
      return addExact(
          arithmeticSeries(first, first + growing - 1, growing),
          multiplyExact(newTokens - growing, (long) window));
    }

    @Override
    public long visible(long newTokens, long context) {
      return Math.min(context + newTokens, newTokens + window - 1);
    }

    @Override
    public long kept(long positions) {
      return Math.min(positions, window);
    }
  }

  /**
   * The positions of the token's own chunk, up to its own (as in Llama 4).
   *
   * @param size positions of a chunk
   */
  record Chunked(int size) implements AttentionSpan {
    public Chunked {
      Limits.requireSize("attention_chunk_size", size, Integer.MAX_VALUE);
    }

    @Override
    public long attended(long newTokens, long context) {
      return attendedFromStart(context + newTokens) - attendedFromStart(context);
    }

    @Override
    public long visible(long newTokens, long context) {
      return newTokens + context % size;
    }

    @Override
    public long kept(long positions) {
      return Math.min(positions, size);
    }

    private long attendedFromStart(long positions) {
      long inLastChunk = positions % size;
      return addExact(
          multiplyExact(positions / size, arithmeticSeries(1, size, size)),
          arithmeticSeries(1, inLastChunk, inLastChunk));
    }
  }

  /** Every position of the sequence, as in an encoder. */
  record Bidirectional() implements AttentionSpan {
    @Override
    public long attended(long newTokens, long context) {
      return multiplyExact(newTokens, context + newTokens);
    }

    @Override
    public long visible(long newTokens, long context) {
      return context + newTokens;
    }

    @Override
    public long kept(long positions) {
      return positions;
    }
  }

  /** The sum first..last of {@code count} consecutive numbers, halved before it can overflow. */
  private static long arithmeticSeries(long first, long last, long count) {
    return count % 2 == 0
        ? multiplyExact(count / 2, first + last)
        : multiplyExact(count, (first + last) / 2);
  }
}
