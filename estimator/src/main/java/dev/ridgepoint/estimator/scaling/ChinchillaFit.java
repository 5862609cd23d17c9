package dev.ridgepoint.estimator.scaling;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A fit of L(N, D) = E + A / N^alpha + B / D^beta, where N counts all parameters, embeddings
 * included, D tokens seen once, and L is in nats per token of MassiveText. Source of the form:
 * Hoffmann et al. 2022, arXiv:2203.15556, equation 2 (approach 3).
 *
 * @param name what reports call it
 * @param irreducibleLoss E, the entropy of text itself
 * @param parameterCoefficient A
 * @param parameterExponent alpha
 * @param dataCoefficient B
 * @param dataExponent beta
 * @param source paper and table
 */
public record ChinchillaFit(
    String name,
    double irreducibleLoss,
    double parameterCoefficient,
    double parameterExponent,
    double dataCoefficient,
    double dataExponent,
    String source)
    implements AllocationLaw {

  /** As printed: two digits of the exponents, which its own optimum does not survive. */
  public static final ChinchillaFit PUBLISHED =
      new ChinchillaFit(
          "Chinchilla approach 3",
          1.69,
          406.4,
          0.34,
          410.7,
          0.28,
          "Hoffmann et al. 2022, arXiv:2203.15556, equation 10");

  /** The same fit with the digits that its TeX source holds. */
  public static final ChinchillaFit PUBLISHED_UNROUNDED =
      new ChinchillaFit(
          "Chinchilla approach 3, unrounded",
          1.6934,
          406.4,
          0.3392,
          410.7,
          0.2849,
          "Hoffmann et al. 2022, arXiv:2203.15556, TeX source as read by Besiroglu et al. 2024,"
              + " arXiv:2404.10102");

  /** The fit repeated on data read off the paper's figure, which agrees with 20 tokens each. */
  public static final ChinchillaFit BESIROGLU_REFIT =
      new ChinchillaFit(
          "Besiroglu refit",
          1.8172,
          482.01,
          0.3478,
          2085.43,
          0.3658,
          "Besiroglu et al. 2024, arXiv:2404.10102, table 1");

  /** All fits of this form. */
  public static final List<ChinchillaFit> ALL =
      List.of(PUBLISHED, PUBLISHED_UNROUNDED, BESIROGLU_REFIT);

  public ChinchillaFit {
    requirePositive(name, "irreducibleLoss", irreducibleLoss);
    requirePositive(name, "parameterCoefficient", parameterCoefficient);
    requirePositive(name, "parameterExponent", parameterExponent);
    requirePositive(name, "dataCoefficient", dataCoefficient);
    requirePositive(name, "dataExponent", dataExponent);
  }

  /** L(N, D), nats per token. */
  public double loss(double parameters, double tokens) {
    return irreducibleLoss + parameterTerm(parameters) + dataTerm(tokens);
  }

  /** L(N, D) as the sum that it is. */
  public Derivation lossDerivation(double parameters, double tokens) {
    Map<String, Number> inputs = new LinkedHashMap<>(constants());
    inputs.put("N", parameters);
    inputs.put("D", tokens);
    return new Derivation(
        "loss by " + name,
        loss(parameters, tokens),
        "nats per token",
        "E + A / N^alpha + B / D^beta",
        inputs,
        List.of(
            new Derivation.Term("text itself", irreducibleLoss),
            new Derivation.Term("too few parameters", parameterTerm(parameters)),
            new Derivation.Term("too few tokens", dataTerm(tokens))),
        source);
  }

  /** The exponent a of N_opt = G (C/6)^a: beta / (alpha + beta). */
  public double parameterAllocationExponent() {
    return dataExponent / (parameterExponent + dataExponent);
  }

  /** G = (alpha A / (beta B))^(1 / (alpha + beta)). */
  public double allocationCoefficient() {
    return Math.pow(
        parameterExponent * parameterCoefficient / (dataExponent * dataCoefficient),
        1 / (parameterExponent + dataExponent));
  }

  /**
   * The minimum of L(N, D) under C = 6ND: N = G (C/6)^a, D = (C/6)^(1-a) / G. Source: Hoffmann et
   * al. 2022, arXiv:2203.15556, equation 4.
   */
  @Override
  public ComputeOptimum optimum(double trainingFlops) {
    requirePositive(name, "trainingFlops", trainingFlops);
    double product = trainingFlops / 6;
    double parameters = allocationCoefficient() * Math.pow(product, parameterAllocationExponent());
    double tokens = product / parameters;
    return new ComputeOptimum(
        this, trainingFlops, parameters, tokens, OptionalDouble.of(loss(parameters, tokens)));
  }

  @Override
  public Derivation optimumDerivation(double trainingFlops) {
    return optimum(trainingFlops)
        .derivation("(alpha A / (beta B))^(1/(alpha+beta)) (C/6)^(beta/(alpha+beta))", constants());
  }

  /**
   * The tokens after which a model of this size reaches a loss: (B / (L - E - A/N^alpha))^(1/beta),
   * the fit solved for D.
   *
   * @throws InvalidInputException if the model cannot reach it with any number of tokens
   */
  public double tokensForLoss(double parameters, double loss) {
    requirePositive(name, "parameters", parameters);
    double remaining = loss - irreducibleLoss - parameterTerm(parameters);
    if (!(remaining > 0)) {
      throw new InvalidInputException(
          name,
          String.format(
              Locale.ROOT,
              "parameters %.4g cannot reach loss %.4f: with endless tokens it is %.4f",
              parameters,
              loss,
              irreducibleLoss + parameterTerm(parameters)));
    }
    return Math.pow(dataCoefficient / remaining, 1 / dataExponent);
  }

  private double parameterTerm(double parameters) {
    requirePositive(name, "parameters", parameters);
    return parameterCoefficient / Math.pow(parameters, parameterExponent);
  }

  private double dataTerm(double tokens) {
    requirePositive(name, "tokens", tokens);
    return dataCoefficient / Math.pow(tokens, dataExponent);
  }

  Map<String, Number> constants() {
    Map<String, Number> constants = new LinkedHashMap<>();
    constants.put("E", irreducibleLoss);
    constants.put("A", parameterCoefficient);
    constants.put("alpha", parameterExponent);
    constants.put("B", dataCoefficient);
    constants.put("beta", dataExponent);
    return constants;
  }
}
