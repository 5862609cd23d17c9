package dev.ridgepoint.model;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.panels.KvCache;
import java.util.Arrays;
import java.util.List;

/**
 * How well a model foretells a text: exp of the mean negative log-likelihood of its tokens, each
 * given those before it in its window (Jelinek et al. 1977). Perplexities compare only of the same
 * tokens and windows.
 *
 * @param nats negative log-likelihood of all tokens that were foretold
 * @param tokens that were foretold: all but the first of each window, and none twice
 */
public record Perplexity(double nats, long tokens) {

  /** Nothing foretold. */
  public static final Perplexity NONE = new Perplexity(0, 0);

  /**
   * The windows of a text.
   *
   * @param size tokens of a window at most, at least 2: what a token is foretold from
   * @param stride tokens from one to the next, 1 to {@code size}: where windows overlap, each
   *     foretells what the one before did not
   * @param tokensPerStep that a forward pass is fed at most
   */
  public record Windows(int size, int stride, int tokensPerStep) {
    public Windows {
      if (size < 2 || stride < 1 || stride > size || tokensPerStep < 1) {
        throw new IllegalArgumentException(
            "windows of %s tokens every %s, %s a step".formatted(size, stride, tokensPerStep));
      }
    }
  }

  /** Told how far it has come. */
  @FunctionalInterface
  public interface Progress {
    /** {@code perplexity} so far, of {@code done} of {@code total} tokens. */
    void tokens(int done, int total, Perplexity perplexity);
  }

  /**
   * Of a text.
   *
   * @param tokens at least 2
   * @param progress told of each window
   */
  public static Perplexity of(Program program, int[] tokens, Windows windows, Progress progress) {
    if (tokens.length < 2) {
      throw new IllegalArgumentException("a text of %s tokens".formatted(tokens.length));
    }
    Perplexity perplexity = NONE;
    int foretold = 1;
    int longest = Math.min(windows.size, tokens.length);
    try (KvCache cache = program.newCache(longest, windows.tokensPerStep, 0)) {
      for (int from = 0; foretold < tokens.length; from += windows.stride) {
        int to = Math.min(tokens.length, from + windows.size);
        cache.truncate(0);
        // The first token of a window has nothing to be foretold from.
        int first = Math.max(foretold, from + 1);
        perplexity = perplexity.plus(window(program, cache, tokens, from, to, first, windows));
        foretold = to;
        progress.tokens(to, tokens.length, perplexity);
      }
    }
    return perplexity;
  }

  /** Foretells the tokens from {@code first} on of a window, whose last is fed to nothing. */
  private static Perplexity window(
      Program program, KvCache cache, int[] tokens, int from, int to, int first, Windows windows) {
    Perplexity perplexity = NONE;
    for (int start = from; start < to - 1; start += windows.tokensPerStep) {
      int end = Math.min(to - 1, start + windows.tokensPerStep);
      int wanted = Math.clamp(end - (first - 1L), 0, end - start);
      int[] piece = Arrays.copyOfRange(tokens, start, end);
      Tensor logits = program.forward(new Batch(List.of(new Batch.Entry(cache, piece, wanted))));
      for (int row = 0; row < wanted; row++) {
        double nats = -LogSoftmax.ofRow(logits, row)[tokens[end - wanted + row + 1]];
        perplexity = perplexity.plus(new Perplexity(nats, 1));
      }
    }
    return perplexity;
  }

  /** Of what both foretold. */
  public Perplexity plus(Perplexity other) {
    return new Perplexity(nats + other.nats, tokens + other.tokens);
  }

  /** The perplexity itself. */
  public double value() {
    return Math.exp(natsPerToken());
  }

  /** The mean negative log-likelihood, which training minimises. */
  public double natsPerToken() {
    return nats / tokens;
  }
}
