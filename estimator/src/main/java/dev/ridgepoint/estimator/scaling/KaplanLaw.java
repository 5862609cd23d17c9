package dev.ridgepoint.estimator.scaling;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * L(x) = (x_c / x)^alpha: the loss when only one thing limits it. Losses are nats per token of
 * WebText2; N counts parameters without embeddings.
 *
 * @param name what limits
 * @param scale x_c
 * @param exponent alpha
 * @param unit of x
 * @param source paper and equation
 */
public record KaplanLaw(String name, double scale, double exponent, String unit, String source) {
  /** 10^15 FLOP/s for a day. */
  public static final double FLOPS_PER_PF_DAY = 1e15 * 86_400;

  private static final String PAPER = "Kaplan et al. 2020, arXiv:2001.08361, ";

  private static final double JOINT_PARAMETERS = 6.4e13;
  private static final double JOINT_PARAMETER_EXPONENT = 0.076;
  private static final double JOINT_TOKENS = 1.8e13;
  private static final double JOINT_DATA_EXPONENT = 0.103;

  /** L(N), trained to convergence on enough data. */
  public static final KaplanLaw PARAMETERS =
      new KaplanLaw(
          "Kaplan L(N)", 8.8e13, 0.076, "parameters without embeddings", PAPER + "equation 1.1");

  /** L(D), large models stopped early. */
  public static final KaplanLaw DATA =
      new KaplanLaw("Kaplan L(D)", 5.4e13, 0.095, "tokens", PAPER + "equation 1.2");

  /** L(C_min), the best model for the compute, at batches far below the critical one. */
  public static final KaplanLaw MINIMUM_COMPUTE =
      new KaplanLaw("Kaplan L(C_min)", 3.1e8, 0.050, "PF-days", PAPER + "equation 1.3");

  /** L(C) as measured, at one batch size for all models. */
  public static final KaplanLaw COMPUTE =
      new KaplanLaw("Kaplan L(C)", 1.6e7, 0.057, "PF-days", PAPER + "table 5");

  /** All fits of this form. */
  public static final List<KaplanLaw> ALL = List.of(PARAMETERS, DATA, MINIMUM_COMPUTE, COMPUTE);

  /** Nats per token at {@code x} in this law's unit. */
  public double loss(double x) {
    requirePositive(name, unit, x);
    return Math.pow(scale / x, exponent);
  }

  /** The loss with its formula. */
  public Derivation lossDerivation(double x) {
    return new Derivation(
        "loss by " + name,
        loss(x),
        "nats per token",
        "(x_c / x)^alpha",
        Map.of("x", x, "x_c", scale, "alpha", exponent),
        List.of(),
        source);
  }

  /**
   * L(N, D) = ((N_c/N)^(alpha_N/alpha_D) + D_c/D)^alpha_D: both limits at once. The constants are
   * those of the joint fit (table 2), which differ from those of the single laws. Source: Kaplan et
   * al. 2020, arXiv:2001.08361, equation 1.5.
   *
   * @param parameters without embeddings
   */
  public static double lossOfParametersAndTokens(double parameters, double tokens) {
    requirePositive("Kaplan L(N, D)", "parameters", parameters);
    requirePositive("Kaplan L(N, D)", "tokens", tokens);
    return Math.pow(
        Math.pow(JOINT_PARAMETERS / parameters, JOINT_PARAMETER_EXPONENT / JOINT_DATA_EXPONENT)
            + JOINT_TOKENS / tokens,
        JOINT_DATA_EXPONENT);
  }

  /** L(N, D) with its formula. */
  public static Derivation lossOfParametersAndTokensDerivation(double parameters, double tokens) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("N_c", JOINT_PARAMETERS);
    inputs.put("N", parameters);
    inputs.put("alpha_N", JOINT_PARAMETER_EXPONENT);
    inputs.put("D_c", JOINT_TOKENS);
    inputs.put("D", tokens);
    inputs.put("alpha_D", JOINT_DATA_EXPONENT);
    return new Derivation(
        "loss by Kaplan L(N, D)",
        lossOfParametersAndTokens(parameters, tokens),
        "nats per token",
        "((N_c / N)^(alpha_N / alpha_D) + D_c / D)^alpha_D",
        inputs,
        List.of(),
        PAPER + "equation 1.5 and table 2");
  }

  /**
   * L(N, S_min) = (N_c/N)^alpha_N + (S_c/S_min)^alpha_S: the loss along training on endless data.
   * Source: Kaplan et al. 2020, arXiv:2001.08361, equation 1.6 and table 3.
   *
   * @param parameters without embeddings
   * @param minimumSteps steps that training would take at batches far above the critical one
   */
  public static double lossOfParametersAndSteps(double parameters, double minimumSteps) {
    requirePositive("Kaplan L(N, S)", "parameters", parameters);
    requirePositive("Kaplan L(N, S)", "minimumSteps", minimumSteps);
    return Math.pow(6.5e13 / parameters, 0.077) + Math.pow(2.1e3 / minimumSteps, 0.76);
  }

  /**
   * B_crit(L) = 2e8 / L^(1/0.21) tokens: the batch that trades time for compute evenly. Source:
   * Kaplan et al. 2020, arXiv:2001.08361, equation 1.4.
   */
  public static double criticalBatchTokens(double loss) {
    requirePositive("Kaplan B_crit", "loss", loss);
    return 2e8 / Math.pow(loss, 1 / 0.21);
  }

  /**
   * C_min = C / (1 + B / B_crit): what training would have cost at batches far below the critical
   * one. Source: Kaplan et al. 2020, arXiv:2001.08361, equation 5.5.
   */
  public static double minimumCompute(double compute, double batchTokens, double loss) {
    requirePositive("Kaplan C_min", "compute", compute);
    requirePositive("Kaplan C_min", "batchTokens", batchTokens);
    return compute / (1 + batchTokens / criticalBatchTokens(loss));
  }

  /**
   * D = 5e3 N^0.74 tokens: fewer overfit by more than 2 %. Source: Kaplan et al. 2020,
   * arXiv:2001.08361, equation 4.4.
   *
   * @param parameters without embeddings
   */
  public static double tokensAgainstOverfitting(double parameters) {
    requirePositive("Kaplan D(N)", "parameters", parameters);
    return 5e3 * Math.pow(parameters, 0.74);
  }
}
