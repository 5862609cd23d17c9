package dev.ridgepoint.estimator.scaling;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;
import static dev.ridgepoint.estimator.input.Checks.requireShare;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * N_opt = N0 (C / C0)^a with D_opt = C / (6 N_opt). The papers print the exponent a and a table;
 * the law here passes through one row of that table.
 *
 * @param name what reports call it
 * @param exponent a
 * @param anchorFlops C0
 * @param anchorParameters N0
 * @param source paper and table
 */
public record PowerLawAllocation(
    String name, double exponent, double anchorFlops, double anchorParameters, String source)
    implements AllocationLaw {

  /** The envelope of training curves: a = 0.50. */
  public static final PowerLawAllocation CHINCHILLA_APPROACH_1 =
      new PowerLawAllocation(
          "Chinchilla approach 1",
          0.50,
          5.76e23,
          67e9,
          "Hoffmann et al. 2022, arXiv:2203.15556, table 2 and table 3 (row 67 billion)");

  /** Profiles of equal FLOPs: a = 0.49. */
  public static final PowerLawAllocation CHINCHILLA_APPROACH_2 =
      new PowerLawAllocation(
          "Chinchilla approach 2",
          0.49,
          4.54e24,
          175e9,
          "Hoffmann et al. 2022, arXiv:2203.15556, table 2 and table A3 (row 175 billion)");

  /** The rule of thumb that follows from approaches 1 and 2: D = 20 N, so C = 120 N^2. */
  public static final PowerLawAllocation TWENTY_TOKENS_PER_PARAMETER =
      new PowerLawAllocation(
          "20 tokens per parameter",
          0.50,
          120e18,
          1e9,
          "rule of thumb from Hoffmann et al. 2022, arXiv:2203.15556, table 3");

  /** All laws of this form. */
  public static final List<PowerLawAllocation> ALL =
      List.of(CHINCHILLA_APPROACH_1, CHINCHILLA_APPROACH_2, TWENTY_TOKENS_PER_PARAMETER);

  public PowerLawAllocation {
    requireShare(name, "exponent", exponent);
    requirePositive(name, "anchorFlops", anchorFlops);
    requirePositive(name, "anchorParameters", anchorParameters);
  }

  @Override
  public ComputeOptimum optimum(double trainingFlops) {
    requirePositive(name, "trainingFlops", trainingFlops);
    double parameters = anchorParameters * Math.pow(trainingFlops / anchorFlops, exponent);
    return new ComputeOptimum(
        this, trainingFlops, parameters, trainingFlops / (6 * parameters), OptionalDouble.empty());
  }

  @Override
  public Derivation optimumDerivation(double trainingFlops) {
    return optimum(trainingFlops)
        .derivation(
            "N0 (C / C0)^a", Map.of("N0", anchorParameters, "C0", anchorFlops, "a", exponent));
  }
}
