package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear layer, {@code to = from W^T + bias} or {@code to += ...}: with m rows, k inputs and n
 * outputs 2mkn FLOPs, a bias or a residual one per output. Matrices of the same inputs that stand
 * one below the other are one product.
 *
 * @param matrices {@code [outputs, inputs]} each, such as those of queries, keys and values
 * @param biases one for each matrix, or none
 * @param isResidual whether the product is added to the rows that are there
 */
public record Linear(
    String name,
    int layer,
    List<WeightTensor> matrices,
    List<WeightTensor> biases,
    Rows rows,
    Buffer from,
    Buffer to,
    boolean isResidual)
    implements Operation {
  public Linear {
    matrices = List.copyOf(matrices);
    biases = List.copyOf(biases);
  }

  /** Columns of the matrices. */
  public long inputs() {
    return matrices.getFirst().columns();
  }

  /** Rows of all matrices. */
  public long outputs() {
    return matrices.stream().mapToLong(WeightTensor::rows).sum();
  }

  @Override
  public List<WeightTensor> weights() {
    List<WeightTensor> weights = new ArrayList<>(matrices);
    weights.addAll(biases);
    return weights;
  }

  @Override
  public Kernel kernel() {
    return Kernel.LINEAR;
  }

  @Override
  public Cost cost(StepWork work) {
    long count = work.rows(rows);
    CostCounter counter =
        work.counter()
            .multiplyAdds(count, inputs(), outputs())
            .weights(layer, matrices)
            .weights(layer, biases)
            .activations(count, inputs())
            .activations(count, outputs());
    if (!biases.isEmpty()) {
      counter.flops(count, outputs());
    }
    return isResidual ? counter.residual(count, outputs()).cost() : counter.cost();
  }

  /** Two products: of the inputs' gradient, and of the weights'. That of a residual is there. */
  @Override
  public Cost backwardCost(StepWork work) {
    long count = work.rows(rows);
    CostCounter counter =
        work.counter()
            .multiplyAdds(2, count, inputs(), outputs())
            .flops(inputs(), outputs())
            .weights(layer, matrices)
            .gradients(matrices)
            .activations(2, count, inputs())
            .activations(count, outputs());
    if (!biases.isEmpty()) {
      counter.flops(count, outputs()).gradients(biases);
    }
    return counter.cost();
  }
}
