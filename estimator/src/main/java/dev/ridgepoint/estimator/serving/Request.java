package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Something to answer.
 *
 * @param arrivalSeconds when it comes
 * @param promptTokens at least 1
 * @param outputTokens at least 1
 */
public record Request(double arrivalSeconds, int promptTokens, int outputTokens) {

  /**
   * A Poisson process of requests: the time between two is exponential. The same seed gives the
   * same requests everywhere, whatever serves them.
   *
   * @param perSecond in the mean
   */
  public static List<Request> poisson(
      long seed,
      int count,
      double perSecond,
      LengthDistribution prompts,
      LengthDistribution outputs) {
    requirePositive("requests", "count", count);
    requirePositive("requests", "perSecond", perSecond);
    SplittableRandom random = new SplittableRandom(seed);
    List<Request> requests = new ArrayList<>(count);
    double clock = 0;
    for (int i = 0; i < count; i++) {
      clock -= StrictMath.log1p(-random.nextDouble()) / perSecond;
      requests.add(new Request(clock, prompts.sample(random), outputs.sample(random)));
    }
    return List.copyOf(requests);
  }
}
