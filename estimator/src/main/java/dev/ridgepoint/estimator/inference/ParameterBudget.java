package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/**
 * From a number of parameters to a shape: the largest size of a family of architectures that stays
 * within a budget, and the one nearest to it. The family is any function of one size whose
 * parameters grow with it: layers, hidden size, experts.
 *
 * @param budget parameters
 * @param family the architecture of a size
 * @param multipleOf sizes are multiples of this, such as 64 for a hidden size
 */
public record ParameterBudget(long budget, IntFunction<Architecture> family, int multipleOf) {
  /**
   * @throws IllegalArgumentException unless both numbers are positive
   */
  public ParameterBudget {
    Limits.require(budget > 0, "budget", budget, "must be positive");
    Limits.require(multipleOf > 0, "multipleOf", multipleOf, "must be positive");
  }

  /** The largest size whose parameters do not exceed the budget; empty if the smallest does. */
  public OptionalInt largestWithin() {
    int fits = 0;
    int tooMany = 1;
    while (isWithin(tooMany)) {
      fits = tooMany;
      tooMany = Math.multiplyExact(tooMany, 2);
    }
    while (tooMany - fits > 1) {
      int middle = fits + (tooMany - fits) / 2;
      if (isWithin(middle)) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits == 0 ? OptionalInt.empty() : OptionalInt.of(fits * multipleOf);
  }

  /** The size whose parameters are nearest to the budget, the smaller one of two as near. */
  public int nearest() {
    int within = largestWithin().orElse(0);
    int beyond = Math.addExact(within, multipleOf);
    if (within == 0) {
      return beyond;
    }
    OptionalLong more = count(beyond);
    boolean isNearer = more.isPresent() && more.getAsLong() - budget < budget - parameters(within);
    return isNearer ? beyond : within;
  }

  /** Parameters of a size. */
  public long parameters(int size) {
    return ParameterCount.of(family.apply(size)).total();
  }

  /**
   * How {@link #nearest} comes about.
   *
   * @param name of the size that varies, such as {@code layers}
   */
  public Derivation derivation(String name) {
    int nearest = nearest();
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("budget", budget);
    inputs.put("step", multipleOf);
    largestWithin()
        .ifPresent(
            within -> {
              inputs.put("largestWithin", within);
              inputs.put("parametersWithin", parameters(within));
            });
    inputs.put("parametersNearest", parameters(nearest));
    return new Derivation(
        name + " nearest to the budget",
        nearest,
        "",
        "the multiple of step whose parameters, counted exactly, are nearest to budget",
        inputs,
        List.of(),
        "search over exact counts: parameters grow with the size");
  }

  private boolean isWithin(int multiple) {
    OptionalLong parameters = count(Math.multiplyExact(multiple, multipleOf));
    return parameters.isPresent() && parameters.getAsLong() <= budget;
  }

  /** Empty for what an architecture may not be: it is taken to be too large. */
  private OptionalLong count(int size) {
    try {
      return OptionalLong.of(parameters(size));
    } catch (IllegalArgumentException e) {
      return OptionalLong.empty();
    }
  }
}
