package dev.ridgepoint.estimator.architecture;

/**
 * The numbers that a run needs and that change no count: the epsilon of the norms, and factors that
 * a family puts on its residual stream.
 *
 * @param normEpsilon added to the mean square, or to the variance, before the root; above 0
 * @param normWeightsAreOffsets whether a norm multiplies with 1 + w where a Hugging Face file holds
 *     w (Gemma, arXiv:2403.08295)
 * @param embeddingScale factor of the embedding's rows (Gemma: the root of the hidden size)
 * @param residualScale factor of what attention and feed-forward add to the stream (Granite 3.0)
 * @param logitScale factor of the logits (Granite 3.0, Command R)
 * @param logitSoftCap the c of logits that pass c tanh(x / c) (Gemma 2, arXiv:2408.00118); 0
 *     without a cap
 */
public record Numerics(
    double normEpsilon,
    boolean normWeightsAreOffsets,
    double embeddingScale,
    double residualScale,
    double logitScale,
    double logitSoftCap) {

  /** Llama's epsilon, and no factors. */
  public static final Numerics DEFAULT = ofEpsilon(1e-6);

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public Numerics {
    Limits.requirePositive("norm_eps", normEpsilon);
    Limits.requirePositive("embedding_multiplier", embeddingScale);
    Limits.requirePositive("residual_multiplier", residualScale);
    Limits.requirePositive("logit_scale", logitScale);
    Limits.requirePositiveOrNone("final_logit_softcapping", logitSoftCap);
  }

  /** An epsilon alone, without factors. */
  public static Numerics ofEpsilon(double normEpsilon) {
    return new Numerics(normEpsilon, false, 1, 1, 1, 0);
  }

  /** The same of a file whose norms hold all that they multiply with. */
  public Numerics withWholeNormWeights() {
    return new Numerics(
        normEpsilon, false, embeddingScale, residualScale, logitScale, logitSoftCap);
  }
}
