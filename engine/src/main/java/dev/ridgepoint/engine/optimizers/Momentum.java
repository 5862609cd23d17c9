package dev.ridgepoint.engine.optimizers;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.OptimizerKernel;
import dev.ridgepoint.engine.training.Parameter;
import java.util.List;

/**
 * Stochastic gradient descent with momentum (Polyak 1964), and decoupled weight decay of matrices.
 */
public final class Momentum extends ElementwiseOptimizer {
  private final double momentum;

  /**
   * @param momentum what the velocity keeps from update to update
   * @param weightDecay share of a weight, times the learning rate, that an update takes away
   */
  public Momentum(
      Workers workers, List<Parameter> parameters, double momentum, double weightDecay) {
    super(workers, parameters, weightDecay, List.of("velocity"));
    this.momentum = momentum;
  }

  /** Clipping one, the velocity two, the step one, decay and subtraction two. */
  @Override
  int flopsPerElement() {
    return 6;
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
    OptimizerKernel.momentum(
        parameter.value().segment(),
        parameter.gradient().segment(),
        states().get(firstState).tensor().segment(),
        offset,
        count,
        gradientScale,
        (float) momentum,
        (float) learningRate,
        decay);
  }
}
