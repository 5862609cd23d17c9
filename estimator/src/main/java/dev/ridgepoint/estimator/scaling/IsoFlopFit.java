package dev.ridgepoint.estimator.scaling;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A parabola through the losses of runs that cost the same: loss = floor + curvature (ln N -
 * center)^2, by least squares. Its lowest point is the best size for that budget.
 *
 * <p>Source: Hoffmann et al. 2022, arXiv:2203.15556, section 3.2 (approach 2).
 *
 * @param runs by ascending parameters
 * @param curvature nats per token for a factor e in parameters, squared; not above 0 where the
 *     losses have no minimum
 * @param center ln N of the vertex; not finite where the losses lie on a line
 * @param floor loss of the vertex, in nats per token
 */
public record IsoFlopFit(List<Run> runs, double curvature, double center, double floor) {
  /** A parabola has as many coefficients. */
  public static final int FEWEST_SIZES = 3;

  /**
   * One of the runs.
   *
   * @param parameters N, embeddings included
   * @param tokens D that it was trained on
   * @param loss afterwards, in nats per token
   */
  public record Run(double parameters, double tokens, double loss) {}

  /**
   * Where the parabola is lowest.
   *
   * @param parameters N
   * @param tokens D, between those of the sizes beside it, on a straight line over logarithms
   * @param loss nats per token
   */
  public record Optimum(double parameters, double tokens, double loss) {
    /** D / N. */
    public double tokensPerParameter() {
      return tokens / parameters;
    }
  }

  public IsoFlopFit {
    runs = List.copyOf(runs);
  }

  /**
   * Fits runs of one budget.
   *
   * @throws InvalidInputException if they have fewer than three sizes
   */
  public static IsoFlopFit of(List<Run> runs) {
    List<Run> sorted = runs.stream().sorted(Comparator.comparingDouble(Run::parameters)).toList();
    long sizes = sorted.stream().mapToDouble(Run::parameters).distinct().count();
    if (sizes < FEWEST_SIZES) {
      throw new InvalidInputException(
          "isoFLOP fit",
          String.format(
              Locale.ROOT, "needs runs of %d sizes at least, but has %d", FEWEST_SIZES, sizes));
    }
    double mean = sorted.stream().mapToDouble(IsoFlopFit::logSize).average().orElseThrow();
    // About the mean, the sum of first powers vanishes, and the normal equations are solved at
    // once.
    double n = sorted.size();
    double x2 = 0;
    double x3 = 0;
    double x4 = 0;
    double y = 0;
    double xy = 0;
    double x2y = 0;
    for (Run run : sorted) {
      double x = logSize(run) - mean;
      x2 += x * x;
      x3 += x * x * x;
      x4 += x * x * x * x;
      y += run.loss;
      xy += x * run.loss;
      x2y += x * x * run.loss;
    }
    double curvature = (x2y - x2 * y / n - x3 * xy / x2) / (x4 - x2 * x2 / n - x3 * x3 / x2);
    double slope = (xy - curvature * x3) / x2;
    double middle = (y - curvature * x2) / n;
    double vertex = -slope / (2 * curvature);
    return new IsoFlopFit(sorted, curvature, mean + vertex, middle + slope * vertex / 2);
  }

  /** The lowest point, unless the curve has none among the sizes that were trained. */
  public Optional<Optimum> optimum() {
    boolean isInside = center >= logSize(runs.getFirst()) && center <= logSize(runs.getLast());
    return curvature > 0 && isInside
        ? Optional.of(new Optimum(Math.exp(center), tokens(), floor))
        : Optional.empty();
  }

  /** The parabola's loss for a size, in nats per token. */
  public double loss(double parameters) {
    double distance = Math.log(parameters) - center;
    return floor + curvature * distance * distance;
  }

  /**
   * How flat the curve is: a model by at most this factor larger or smaller than the best one loses
   * no more than a share of its loss. Means nothing where there is no {@link #optimum}.
   */
  public double factorWithin(double share) {
    return Math.exp(Math.sqrt(share * floor / curvature));
  }

  private double tokens() {
    int above = 1;
    while (above < runs.size() - 1 && logSize(runs.get(above)) < center) {
      above++;
    }
    Run left = runs.get(above - 1);
    Run right = runs.get(above);
    double share = (center - logSize(left)) / (logSize(right) - logSize(left));
    return left.tokens * Math.pow(right.tokens / left.tokens, share);
  }

  private static double logSize(Run run) {
    return Math.log(run.parameters);
  }
}
