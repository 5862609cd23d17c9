package dev.ridgepoint.model.serving;

/**
 * What a {@link Scheduler} keeps to.
 *
 * @param sequences that are served at once, at most
 * @param positions of KV caches that are reserved at once, at most
 * @param tokensPerStep at most; no fewer than {@code sequences}, so that a prompt always gets on
 *     while others decode
 */
public record ServingLimits(int sequences, long positions, int tokensPerStep) {
  public ServingLimits {
    if (sequences < 1 || positions < 1 || tokensPerStep < sequences) {
      throw new IllegalArgumentException(
          "limits of %s sequences, %s positions, %s tokens per step"
              .formatted(sequences, positions, tokensPerStep));
    }
  }
}
