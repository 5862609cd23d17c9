package dev.ridgepoint.model.serving;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.trace.Speculation;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A prompt and what follows it. Each step feeds tokens that its cache lacks: first the prompt, in
 * pieces, then one new token and guesses at those behind it. Of the guesses those are kept that the
 * sampler chooses as well, so that the output is as likely as without any; the cache forgets the
 * others. A guess that was found is kept if the sampler draws it, so that even random tokens are
 * those of the same seed without guesses.
 */
final class Sequence {
  private final KvCache cache;
  private final Sampler sampler;
  private final Drafter drafter;
  private final IntPredicate continues;
  private final BitSet seen = new BitSet();
  private final int[] tokens;
  private final int promptLength;
  private int length;
  private final List<TimedStep> draftSteps = new ArrayList<>();
  private Draft draft = Draft.NONE;
  private boolean isStopped;
  private int drafted;
  private int accepted;
  private int rejected;

  /**
   * @param cache holds the first {@code cache.length()} tokens of the prompt, but not all of it;
   *     must have room for all others and {@code maxNewTokens - 1}
   * @param maxNewTokens at least 1
   * @param continues is told each new token; whether another is wanted
   */
  Sequence(
      KvCache cache,
      int[] prompt,
      int maxNewTokens,
      Sampler sampler,
      Drafter drafter,
      IntPredicate continues) {
    this.cache = cache;
    this.sampler = sampler;
    this.drafter = drafter;
    this.continues = continues;
    tokens = Arrays.copyOf(prompt, Math.addExact(prompt.length, maxNewTokens));
    promptLength = prompt.length;
    length = prompt.length;
    Arrays.stream(prompt).forEach(seen::set);
  }

  /** Whether its first new token is still to come. */
  boolean isPrefilling() {
    return length == promptLength;
  }

  /** Whether it has all its tokens. */
  boolean isDone() {
    return isStopped || length == tokens.length;
  }

  /** What it feeds in the next step, {@code most} tokens at most, of which there must be one. */
  Batch.Entry next(int most) {
    int pending = length - cache.length();
    int fed = Math.min(pending, most);
    boolean reachesEnd = fed == pending;
    // The last token of all need not be cached, so that guesses never want more room than reserved.
    // The first one does not wait for guesses.
    int room = Math.min(most - fed, tokens.length - length - 1);
    int guesses = reachesEnd && !isPrefilling() ? room : 0;
    draft = guesses > 0 ? drafter.draft(tokens, length, guesses) : Draft.NONE;
    draftSteps.addAll(draft.steps());
    int[] piece = Arrays.copyOfRange(tokens, cache.length(), cache.length() + fed + draft.size());
    System.arraycopy(draft.tokens(), 0, piece, fed, draft.size());
    return new Batch.Entry(cache, piece, reachesEnd ? 1 + draft.size() : 0);
  }

  /**
   * Chooses new tokens from the logits of what {@link #next} fed.
   *
   * @param row the first of its logits
   */
  void accept(Tensor logits, int row) {
    drafted += draft.size();
    for (int place = 0; place <= draft.size(); place++) {
      int token = choose(logits, row + place, place);
      tokens[length++] = token;
      seen.set(token);
      isStopped = !continues.test(token);
      if (place == draft.size()) {
        break;
      }
      if (token != draft.tokens()[place]) {
        rejected++;
        break;
      }
      accepted++;
      if (isDone()) {
        break;
      }
    }
    cache.truncate(length - 1);
  }

  private int choose(Tensor logits, int row, int place) {
    if (place >= draft.distributions().size()) {
      return sampler.next(logits, row, seen);
    }
    return sampler.next(
        sampler.distribution(logits, row, seen),
        draft.tokens()[place],
        draft.distributions().get(place));
  }

  /** Prompt and new tokens. */
  int[] tokens() {
    return Arrays.copyOf(tokens, length);
  }

  /** New tokens. */
  int[] output() {
    return Arrays.copyOfRange(tokens, promptLength, length);
  }

  /** What guessing came to so far. */
  Speculation speculation() {
    return new Speculation(drafted, accepted, rejected, draftSteps);
  }
}
