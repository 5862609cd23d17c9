package dev.ridgepoint.model.training;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;

/**
 * The learning rate of each step: it rises from 0 to its peak, and then falls to a tenth of it.
 *
 * @param shape how it falls
 * @param peak its highest value
 * @param warmUpSteps that it rises in
 * @param steps of the whole run
 */
public record LearningRate(Shape shape, double peak, long warmUpSteps, long steps) {
  /** What is left at the end (Hoffmann et al. 2022, arXiv:2203.15556, section 3). */
  private static final double LAST_SHARE = 0.1;

  /** How it falls. */
  public enum Shape {
    /** Not at all. */
    CONSTANT,
    /** As half a wave of a cosine (Loshchilov and Hutter 2016, arXiv:1608.03983). */
    COSINE,
    /** By as much in every step. */
    LINEAR;

    /**
     * The shape of a name.
     *
     * @param source the flag that holds the name
     * @throws InvalidInputException if there is none
     */
    public static Shape named(String source, String name) {
      return Arrays.stream(values())
          .filter(shape -> shape.name().equalsIgnoreCase(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new InvalidInputException(
                      source,
                      "schedule must be constant, cosine or linear, but is \"%s\""
                          .formatted(name)));
    }
  }

  /**
   * @throws InvalidInputException if the peak is not above 0, or a number of steps is negative
   */
  public LearningRate {
    if (!(peak > 0) || Double.isInfinite(peak)) {
      throw new InvalidInputException("learning rate", "must be above 0, but is " + peak);
    }
    if (warmUpSteps < 0 || steps < 1) {
      throw new InvalidInputException(
          "learning rate",
          String.format(Locale.ROOT, "has %d of %d steps to rise in", warmUpSteps, steps));
    }
  }

  /** Of a step, from 0. */
  public double at(long step) {
    if (step < warmUpSteps) {
      return peak * (step + 1) / (double) warmUpSteps;
    }
    double done = Math.min(1, (step - warmUpSteps) / (double) Math.max(1, steps - 1 - warmUpSteps));
    double fallen =
        switch (shape) {
          case CONSTANT -> 0;
          case COSINE -> (1 - Math.cos(Math.PI * done)) / 2;
          case LINEAR -> done;
        };
    return peak * (1 - (1 - LAST_SHARE) * fallen);
  }
}
