package dev.ridgepoint.model.serving;

/**
 * A prompt to continue.
 *
 * @param arrivalSeconds when it comes, on the clock of the run
 * @param prompt at least one token
 * @param maxNewTokens at least 1
 */
public record PromptRequest(double arrivalSeconds, int[] prompt, int maxNewTokens) {
  public PromptRequest {
    if (!(arrivalSeconds >= 0) || prompt.length == 0 || maxNewTokens < 1) {
      throw new IllegalArgumentException(
          "a request at %s s of %s tokens for %s new ones"
              .formatted(arrivalSeconds, prompt.length, maxNewTokens));
    }
  }

  /** Positions of a KV cache that it needs: all but the last token, which nothing attends to. */
  public int positions() {
    return Math.addExact(prompt.length, maxNewTokens) - 1;
  }
}
