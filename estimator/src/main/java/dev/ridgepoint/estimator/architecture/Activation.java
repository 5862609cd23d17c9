package dev.ridgepoint.estimator.architecture;

/**
 * The nonlinearity of a feed-forward or a gate, with its FLOPs per element. An exponential, an
 * error function and a hyperbolic tangent are one each; a comparison is none.
 */
public enum Activation {
  /** x itself: a gate that multiplies as it is. */
  IDENTITY(0),
  /** 1 / (1 + exp(-x)): exponential, add, divide. */
  SIGMOID(3),
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
  CLAMPED_QUICK_GELU(5),
  /** The same with another {@code swiglu_limit} than 7, where x is clamped. */
  OTHER_SWIGLU_LIMIT(5),
  /**
   * a x^2 + b x above 0, else a (exp(x) - 1 - x) + b x, with two learned numbers (xIELU, Huang and
   * Schlag 2024, arXiv:2411.13010): exponential, three products and adds at most.
   */
  XIELU(6, 2);

  private final int flops;
  private final int parameters;

  Activation(int flops) {
    this(flops, 0);
  }

  Activation(int flops, int parameters) {
    this.flops = flops;
    this.parameters = parameters;
  }

  /** FLOPs for one element. */
  public int flops() {
    return flops;
  }

  /**
   * FLOPs for one element of both gradients of {@code f(gate) up}: the function and its slope, and
   * three products.
   *
   * @throws IllegalArgumentException if they are not known
   */
  public int gatedBackwardFlops() {
    return switch (this) {
      // Three for s = 1 / (1 + exp(-x)), one for x s, four for s (1 + x (1 - s)).
      case SILU -> 11;
      // Four for 2u, three for s = 1 / (1 + exp(-2u)), one for x s, two for the slope of 2u, four
      // for s + x s (1 - s) (2u)'.
      case GELU_TANH -> 17;
      default -> throw new IllegalArgumentException("the gradients of " + this + " are not known");
    };
  }

  /** Numbers that it learns in each layer. */
  public int parameters() {
    return parameters;
  }
}
