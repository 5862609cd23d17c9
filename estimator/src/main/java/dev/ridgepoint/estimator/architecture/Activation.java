package dev.ridgepoint.estimator.architecture;

/**
 * The nonlinearity of a feed-forward, with its FLOPs per element. An exponential, an error function
 * and a hyperbolic tangent are one each; a comparison is none.
 */
public enum Activation {
  /** max(0, x). */
  RELU(0),
  /** max(0, x) squared (So et al. 2021, arXiv:2109.08668). */
  RELU_SQUARED(1),
  /** x / (1 + exp(-x)): exponential, add, divide. */
  SILU(3),
  /** x / (1 + exp(-1.702 x)) (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
  QUICK_GELU(4),
  /** x / 2 (1 + erf(x / sqrt 2)), the same paper: two scales, erf, add, multiply. */
  GELU(5),
  /** x / 2 (1 + tanh(c (x + 0.044715 x^3))), the same paper: six products, two adds, a tanh. */
  GELU_TANH(9),
  /**
   * gpt-oss's gate: x / (1 + exp(-1.702 x)) of clamped x, with 1 added to what it is multiplied
   * with (OpenAI 2025, arXiv:2508.10925).
   */
  CLAMPED_QUICK_GELU(5);

  private final int flops;

  Activation(int flops) {
    this.flops = flops;
  }

  /** FLOPs for one element. */
  public int flops() {
    return flops;
  }
}
