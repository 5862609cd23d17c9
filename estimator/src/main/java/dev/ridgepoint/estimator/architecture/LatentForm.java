package dev.ridgepoint.estimator.architecture;

/**
 * How multi-head latent attention is computed (DeepSeek-V2, arXiv:2405.04434, section 2.1.2). The
 * result is the same; cache, FLOPs and traffic are not.
 */
public enum LatentForm {
  /** Keys and values of all heads are projected once and cached, as if there were no latent. */
  EXPANDED_CACHE,
  /**
   * Latents are cached; each step projects those it sees to keys and values. Right for prefill,
   * where they are all new.
   */
  EXPANDED_EACH_STEP,
  /**
   * Latents are cached and attended themselves: the key projection is absorbed into the queries,
   * the value projection into the output. Right for decode, which then reads the latents alone.
   */
  ABSORBED;

  /** Whether latents are cached rather than keys and values. */
  public boolean cachesLatents() {
    return this != EXPANDED_CACHE;
  }
}
