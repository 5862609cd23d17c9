package dev.ridgepoint.model.serving;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.TokenDistribution;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Guesses as a smaller model continues the sequence. It draws each guess from its own distribution,
 * one forward pass for each, and keeps a KV cache of its own, of which it computes again only what
 * the sequence did not take.
 */
public final class DraftModel implements Drafter, AutoCloseable {
  private final Program program;
  private final Sampler sampler;
  private final Shape shape;
  private final KvCache cache;

  /** What the cache holds, in its first {@code cache.length()} elements. */
  private final int[] cached;

  /**
   * What it guesses, and how.
   *
   * @param guesses tokens of a draft at most, at least 1
   * @param vocabulary ids below it both models have; one of them may have more, as padding
   * @param capacity tokens of a sequence at most; of longer ones it guesses nothing
   * @param tokensPerStep of a prompt at most
   */
  public record Shape(int guesses, int vocabulary, int capacity, int tokensPerStep) {
    public Shape {
      if (guesses < 1 || vocabulary < 1 || capacity < 1 || tokensPerStep < 1) {
        throw new IllegalArgumentException(
            "%s guesses below %s in %s positions, %s a step"
                .formatted(guesses, vocabulary, capacity, tokensPerStep));
      }
    }
  }

  /**
   * @param program of the small model, the caller's, who closes it after this
   * @param sampler as the model that verifies has it, so that guesses are as likely as there; with
   *     random numbers of its own
   */
  public DraftModel(Program program, Sampler sampler, Shape shape) {
    this.program = program;
    this.sampler = sampler;
    this.shape = shape;
    cache = program.newCache(shape.capacity(), shape.tokensPerStep(), shape.guesses());
    cached = new int[shape.capacity()];
  }

  @Override
  public Draft draft(int[] tokens, int length, int most) {
    // The last guess need not be cached.
    int count = Math.min(Math.min(shape.guesses(), most), shape.capacity() - length + 1);
    if (count < 1) {
      return Draft.NONE;
    }
    int known = Math.min(cache.length(), length - 1);
    cache.truncate(PrefixCache.common(cached, tokens, 0, known));
    int[] next = Arrays.copyOfRange(tokens, cache.length(), length);
    if (Arrays.stream(next).anyMatch(token -> token >= shape.vocabulary())) {
      return Draft.NONE;
    }
    BitSet seen = new BitSet();
    Arrays.stream(tokens, 0, length).forEach(seen::set);
    int[] drafted = new int[count];
    List<TokenDistribution> distributions = new ArrayList<>();
    List<TimedStep> steps = new ArrayList<>();
    for (int guess = 0; guess < count; guess++) {
      TokenDistribution distribution = sampler.distribution(feed(next, steps), 0, seen);
      int token = distribution.draw(sampler.random());
      if (token >= shape.vocabulary()) {
        return new Draft(Arrays.copyOf(drafted, guess), distributions, steps);
      }
      drafted[guess] = token;
      distributions.add(distribution);
      seen.set(token);
      next = new int[] {token};
    }
    return new Draft(drafted, distributions, steps);
  }

  /** The logits behind tokens that the cache lacks. */
  private Tensor feed(int[] tokens, List<TimedStep> steps) {
    Tensor logits = null;
    for (int from = 0; from < tokens.length; from += shape.tokensPerStep()) {
      int to = Math.min(tokens.length, from + shape.tokensPerStep());
      int[] piece = Arrays.copyOfRange(tokens, from, to);
      System.arraycopy(piece, 0, cached, cache.length(), piece.length);
      long start = System.nanoTime();
      Batch batch = new Batch(List.of(new Batch.Entry(cache, piece, to == tokens.length ? 1 : 0)));
      var step = batch.step();
      logits = program.forward(batch);
      steps.add(new TimedStep(step, (System.nanoTime() - start) / 1e9));
    }
    return logits;
  }

  /** Frees the cache. */
  @Override
  public void close() {
    cache.close();
  }
}
