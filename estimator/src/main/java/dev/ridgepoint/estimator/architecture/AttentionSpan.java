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
      return attendedAtMost(window, newTokens, context);
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

  /**
   * So many of the positions up to the token's own, chosen for each token (DeepSeek-V3.2,
   * arXiv:2512.02556). All are kept, because any may be chosen later.
   *
   * @param count positions chosen at most
   */
  record Chosen(int count) implements AttentionSpan {
    public Chosen {
      Limits.requireSize("index_topk", count, Integer.MAX_VALUE);
    }

    @Override
    public long attended(long newTokens, long context) {
      return attendedAtMost(count, newTokens, context);
    }

    /** As if no two tokens chose the same; of one token, exact. */
    @Override
    public long visible(long newTokens, long context) {
      return Math.min(context + newTokens, attended(newTokens, context));
    }

    @Override
    public long kept(long positions) {
      return positions;
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

  /**
   * The positions at most so far before and behind the token's own, as in an encoder with local
   * layers (ModernBERT, arXiv:2412.13663).
   *
   * @param reach positions seen on each side
   */
  record Nearby(int reach) implements AttentionSpan {
    public Nearby {
      Limits.requireSize("local_attention", reach, Integer.MAX_VALUE - 1);
    }

    @Override
    public long attended(long newTokens, long context) {
      // Each side with the token itself, which is then counted twice.
      return attendedAtMost(reach + 1L, newTokens, context)
          + attendedAtMost(reach + 1L, newTokens, 0)
          - newTokens;
    }

    @Override
    public long visible(long newTokens, long context) {
      return newTokens + Math.min(context, reach);
    }

    @Override
    public long kept(long positions) {
      return positions;
    }
  }

  /** The sum of min(p + 1, most) over positions p: it grows by one per token up to {@code most}. */
  private static long attendedAtMost(long most, long newTokens, long context) {
    long first = Math.min(context + 1, most);
    long growing = Math.min(newTokens, most - first + 1);
    return addExact(
        arithmeticSeries(first, first + growing - 1, growing),
        multiplyExact(newTokens - growing, most));
  }

  /** The sum first..last of {@code count} consecutive numbers, halved before it can overflow. */
  private static long arithmeticSeries(long first, long last, long count) {
    return count % 2 == 0
        ? multiplyExact(count / 2, first + last)
        : multiplyExact(count, (first + last) / 2);
  }
}
