package dev.ridgepoint.model.serving;

/**
 * What a {@link Scheduler} keeps to, beside the pages of its pool.
 *
 * @param sequences that are served at once, at most
 * @param tokensPerStep at most; no fewer than {@code sequences}, so that a prompt always gets on
 *     while others decode
 */
public record ServingLimits(int sequences, int tokensPerStep) {
  public ServingLimits {
    if (sequences < 1 || tokensPerStep < sequences) {
      throw new IllegalArgumentException(
          "limits of %s sequences, %s tokens per step".formatted(sequences, tokensPerStep));
    }
  }
}
