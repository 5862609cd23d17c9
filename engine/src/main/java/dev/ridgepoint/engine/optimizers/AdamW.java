package dev.ridgepoint.engine.optimizers;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.OptimizerKernel;
import dev.ridgepoint.engine.training.Parameter;
import java.util.List;

/**
 * Adam with decoupled weight decay, of matrices alone (Loshchilov and Hutter 2017,
 * arXiv:1711.05101, algorithm 2).
 */
public final class AdamW extends ElementwiseOptimizer {
  private static final double EPSILON = 1e-8;

  private final double beta1;
  private final double beta2;

  /**
   * @param beta1 what the mean of gradients keeps from update to update
   * @param beta2 the same of their squares
   * @param weightDecay share of a weight, times the learning rate, that an update takes away
   */
  public AdamW(
      Workers workers, List<Parameter> parameters, double beta1, double beta2, double weightDecay) {
    super(workers, parameters, weightDecay, List.of("first_moment", "second_moment"));
    this.beta1 = beta1;
    this.beta2 = beta2;
  }

  /**
   * Clipping one, the first moment three, the second four, its correction, root and epsilon three,
   * the step two, decay and subtraction two.
   */
  @Override
  int flopsPerElement() {
    return 15;
  }

  @Override
  void update(
      Parameter parameter,
      int firstState,
      long offset,
      int count,
      double learningRate,
      float gradientScale,
      float decay) {
    OptimizerKernel.adamW(
        parameter.value().segment(),
        parameter.gradient().segment(),
        states().get(firstState).tensor().segment(),
        states().get(firstState + 1).tensor().segment(),
        offset,
        count,
        gradientScale,
        (float) beta1,
        (float) beta2,
        (float) (learningRate / (1 - Math.pow(beta1, (double) updates()))),
        (float) (1 / (1 - Math.pow(beta2, (double) updates()))),
        (float) EPSILON,
        decay);
  }
}
