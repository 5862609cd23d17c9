package dev.ridgepoint.model.serving;

import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.trace.Speculation;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A conversation: its KV cache lives from turn to turn, and of each prompt only what the cache does
 * not hold is computed.
 */
public final class Session implements AutoCloseable {
  private final Program program;
  private final int capacity;
  private final int tokensPerStep;
  private final KvCache cache;
  private int[] tokens = new int[0];

  /**
   * What one turn brought.
   *
   * @param tokens new ones
   * @param promptTokens of the turn
   * @param cachedTokens of these, those that the cache held
   * @param prefill steps until the first new token
   * @param decode steps after it
   * @param speculation what guessing came to; its steps are within the seconds of {@code decode}
   */
  public record Turn(
      int[] tokens,
      int promptTokens,
      int cachedTokens,
      List<TimedStep> prefill,
      List<TimedStep> decode,
      Speculation speculation) {}

  /**
   * @param program the caller's, who closes it after the session
   * @param capacity tokens of the conversation at most; the cache is reserved at once
   * @param tokensPerStep of a prompt at most, which bounds the memory of activations
   */
  public Session(Program program, int capacity, int tokensPerStep) {
    this.program = program;
    this.capacity = capacity;
    this.tokensPerStep = tokensPerStep;
    cache = program.newCache(capacity, tokensPerStep, 0);
  }

  /** Tokens of the conversation at most. */
  public int capacity() {
    return capacity;
  }

  /**
   * Continues a prompt.
   *
   * @param prompt the whole conversation so far, whatever the cache holds of it
   * @param maxNewTokens at least 1
   * @param continues is told each new token; whether another is wanted
   * @throws IllegalArgumentException if the prompt is empty, no new token is wanted, or there is no
   *     room for both
   */
  public Turn generate(
      int[] prompt, int maxNewTokens, Sampler sampler, Drafter drafter, IntPredicate continues) {
    boolean isRefused = prompt.length == 0 || maxNewTokens < 1;
    if (isRefused || maxNewTokens > capacity - prompt.length) {
      throw new IllegalArgumentException(
          "%s tokens and %s new ones in a context of %s"
              .formatted(prompt.length, maxNewTokens, capacity));
    }
    int most = Math.min(tokens.length, prompt.length - 1);
    int cached = cache.truncate(PrefixCache.common(tokens, prompt, 0, most));
    Sequence sequence = new Sequence(cache, prompt, maxNewTokens, sampler, drafter, continues);
    List<TimedStep> prefill = new ArrayList<>();
    List<TimedStep> decode = new ArrayList<>();
    try {
      while (!sequence.isDone()) {
        (sequence.isPrefilling() ? prefill : decode).add(step(sequence));
      }
    } finally {
      // What failed among guesses leaves them in the cache.
      tokens = sequence.tokens();
      cache.truncate(tokens.length - 1);
    }
    return new Turn(
        sequence.output(), prompt.length, cached, prefill, decode, sequence.speculation());
  }

  private TimedStep step(Sequence sequence) {
    long start = System.nanoTime();
    Batch batch = new Batch(List.of(sequence.next(tokensPerStep)));
    var step = batch.step();
    var logits = program.forward(batch);
    if (batch.entries().getFirst().logits() > 0) {
      sequence.accept(logits, 0);
    }
    return new TimedStep(step, (System.nanoTime() - start) / 1e9);
  }

  /** Frees the cache. */
  @Override
  public void close() {
    cache.close();
  }
}
