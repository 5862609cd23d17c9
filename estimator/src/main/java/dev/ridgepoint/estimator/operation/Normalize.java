package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Normalises rows; see {@link Norm}.
 *
 * @param weights weight and bias, as far as the norm has them
 * @param width elements of a row
 * @param isResidual whether the normalised rows are added to those that are there
 */
public record Normalize(
    String name,
    int layer,
    Norm norm,
    List<WeightTensor> weights,
    long width,
    Rows rows,
    Buffer from,
    Buffer to,
    boolean isResidual)
    implements Operation {
  public Normalize {
    weights = List.copyOf(weights);
  }

  @Override
  public Kernel kernel() {
    return Kernel.RMS_NORM;
  }

  @Override
  public Cost cost(StepWork work) {
    long count = work.rows(rows);
    CostCounter counter =
        work.counter()
            .flops(norm.flops(count, width))
            .weights(layer, weights)
            .activations(2, count, width);
    return isResidual ? counter.residual(count, width).cost() : counter.cost();
  }

  /** The gradient of the stream is that of the last norm's input, to which the others add. */
  @Override
  public Cost backwardCost(StepWork work) {
    long count = work.rows(rows);
    CostCounter counter =
        work.counter()
            .flops(norm.backwardFlops(count, width))
            .weights(layer, weights)
            .gradients(weights)
            .activations(3, count, width);
    boolean isAdded = from == Buffer.RESIDUAL && rows == Rows.TOKENS;
    return isAdded ? counter.residual(count, width).cost() : counter.cost();
  }
}
