package dev.ridgepoint.estimator.scaling;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a training budget is best split between parameters and tokens, according to one publication.
 */
public sealed interface AllocationLaw permits ChinchillaFit, PowerLawAllocation, KaplanAllocation {
  /** Every published law. */
  static List<AllocationLaw> all() {
    return Stream.of(ChinchillaFit.ALL, PowerLawAllocation.ALL, List.of(new KaplanAllocation()))
        .<AllocationLaw>flatMap(List::stream)
        .toList();
  }

  /** What reports call the law. */
  String name();

  /** Paper, arXiv number and equation or table. */
  String source();

  /**
   * The best split of a budget.
   *
   * @param trainingFlops all FLOPs of the training run
   * @throws dev.ridgepoint.estimator.input.InvalidInputException unless positive and finite
   */
  ComputeOptimum optimum(double trainingFlops);

  /** How the optimum's parameters come about. */
  Derivation optimumDerivation(double trainingFlops);
}
