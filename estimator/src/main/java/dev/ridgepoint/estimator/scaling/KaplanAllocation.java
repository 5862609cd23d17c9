package dev.ridgepoint.estimator.scaling;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Kaplan's compute-efficient training, by C_min in PF-days: N = 1.3e9 C_min^0.73 non-embedding
 * parameters, B_crit = 2.0e6 C_min^0.24 tokens, S_min = 5.4e3 C_min^0.03 steps, D = 2e10 C_min^0.27
 * tokens. The budget is taken for C_min, the compute at batches far below the critical one; D is
 * meant at the critical batch, where a run takes 2 S_min steps and 2 C_min, so 6ND is about twice
 * the budget.
 *
 * <p>Source: Kaplan et al. 2020, arXiv:2001.08361, appendix A, table 6.
 */
public record KaplanAllocation() implements AllocationLaw {
  private static final double PARAMETER_SCALE = 1.3e9;
  private static final double PARAMETER_EXPONENT = 0.73;

  @Override
  public String name() {
    return "Kaplan";
  }

  @Override
  public String source() {
    return "Kaplan et al. 2020, arXiv:2001.08361, table 6";
  }

  @Override
  public ComputeOptimum optimum(double trainingFlops) {
    double pfDays = pfDays(trainingFlops);
    return new ComputeOptimum(
        this,
        trainingFlops,
        PARAMETER_SCALE * Math.pow(pfDays, PARAMETER_EXPONENT),
        2e10 * Math.pow(pfDays, 0.27),
        OptionalDouble.of(KaplanLaw.MINIMUM_COMPUTE.loss(pfDays)));
  }

  @Override
  public Derivation optimumDerivation(double trainingFlops) {
    Map<String, Number> constants = new LinkedHashMap<>();
    constants.put("N0", PARAMETER_SCALE);
    constants.put("PF-day", KaplanLaw.FLOPS_PER_PF_DAY);
    constants.put("a", PARAMETER_EXPONENT);
    return optimum(trainingFlops).derivation("N0 (C / PF-day)^a", constants);
  }

  /** B_crit, tokens per batch. */
  public double criticalBatchTokens(double trainingFlops) {
    return 2.0e6 * Math.pow(pfDays(trainingFlops), 0.24);
  }

  /** S_min, optimizer steps at batches far above the critical one. */
  public double minimumSteps(double trainingFlops) {
    return 5.4e3 * Math.pow(pfDays(trainingFlops), 0.03);
  }

  private double pfDays(double trainingFlops) {
    requirePositive(name(), "trainingFlops", trainingFlops);
    return trainingFlops / KaplanLaw.FLOPS_PER_PF_DAY;
  }
}
