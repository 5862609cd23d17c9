package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much more than the mean the busiest of e devices with E/e experts each has to do, if each of
 * n tokens chooses its k of E experts independently and uniformly. All wait for it.
 *
 * <p>Of a device's rows the mean is n k / e and the variance n times that of a draw without
 * replacement, k (1/e) (1 - 1/e) (E - k) / (E - 1). Each of its experts is touched with probability
 * q = 1 - (1 - k/E)^n; the variance of their number is (E/e) q (1 - q) (E - E/e) / (E - 1), exact
 * for one token. The sums over all devices are fixed, which makes the numbers of two of them
 * correlate by -1 / (e - 1). The expected greatest is that of as many normal variables: their mean,
 * and their deviation times sqrt(e / (e - 1)) times {@link #expectedMaximum}. A test compares both
 * with draws. Routers of trained models are less even, and servers may copy experts that are asked
 * often (DeepSeek-V3, arXiv:2412.19437, section 3.4): neither is counted.
 *
 * @param rows of the busiest device, over the mean
 * @param touched experts of the device that touches most, over the mean
 */
record ExpertLoad(double rows, double touched) {
  /** One device that has all experts, or each device a part of all. */
  private static final ExpertLoad EVEN = new ExpertLoad(1, 1);

  /** Beyond so many deviations nothing is integrated. */
  private static final double TAIL = 8;

  private static final double STEP = 1.0 / 256;

  /** The load of {@code tokens} tokens on experts that {@code devices} devices share out. */
  static ExpertLoad of(MixtureOfExperts experts, long tokens, int devices) {
    if (devices == 1 || tokens == 0) {
      return EVEN;
    }
    double all = experts.numExperts();
    double chosen = experts.numExpertsPerToken();
    double own = all / devices;
    double share = 1.0 / devices;
    double spread = Math.sqrt((double) devices / (devices - 1)) * expectedMaximum(devices);
    double mean = tokens * chosen * share;
    double variance = tokens * chosen * share * (1 - share) * (all - chosen) / (all - 1);
    double most = tokens * Math.min(chosen, own);
    double touchedMean = experts.expectedExpertsTouched(tokens) * share;
    double touchedShare = touchedMean / own;
    double touchedVariance = own * touchedShare * (1 - touchedShare) * (all - own) / (all - 1);
    double touchedMost = Math.min(own, most);
    return new ExpertLoad(
        Math.min(most, mean + spread * Math.sqrt(variance)) / mean,
        Math.min(touchedMost, touchedMean + spread * Math.sqrt(touchedVariance)) / touchedMean);
  }

  /** How the load comes about. */
  static Derivation derivation(MixtureOfExperts experts, long tokens, int devices) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("n", tokens);
    inputs.put("E", experts.numExperts());
    inputs.put("k", experts.numExpertsPerToken());
    inputs.put("e", devices);
    inputs.put("z", expectedMaximum(devices));
    inputs.put("touchedPerDevice", experts.expectedExpertsTouched(tokens) / devices);
    ExpertLoad load = of(experts, tokens, devices);
    inputs.put("touchedOfBusiest", load.touched);
    return new Derivation(
        "rows of the device with most of them, over the mean",
        load.rows,
        "",
        "1 + z sqrt(e / (e - 1)) deviation / mean; mean = n k / e, deviation^2 = mean (1 - 1/e)"
            + " (E - k) / (E - 1), z the expected greatest of e normal variables",
        inputs,
        List.of(),
        "each token chooses independently and uniformly, without replacement");
  }

  /** The expected greatest of n standard normal variables, by the trapezoidal rule. */
  static double expectedMaximum(int n) {
    double below = 0;
    double maximum = 0;
    double densityBefore = 0;
    for (double x = -TAIL; x <= TAIL; x += STEP) {
      double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
      below += STEP * (densityBefore + density) / 2;
      densityBefore = density;
      maximum += STEP * ((1 + Math.signum(x)) / 2 - Math.pow(below, n));
    }
    return maximum;
  }
}
