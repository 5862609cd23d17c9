package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Multiplies rows with a nonlinearity of a gate, normalised if there is a norm: {@code to = norm(x)
 * f(gate)}. Reads rows and gates, writes the product.
 *
 * @param weights of the norm, shared by all rows or whole
 * @param rowsPerToken rows that are normalised by themselves
 * @param width elements of a row
 * @param activation the f
 */
public record Gate(
    String name,
    int layer,
    Norm norm,
    List<WeightTensor> weights,
    long rowsPerToken,
    long width,
    Activation activation)
    implements Operation {
  public Gate {
    weights = List.copyOf(weights);
  }

  @Override
  public Cost cost(StepWork work) {
    long rows = Math.multiplyExact(work.tokens(), rowsPerToken);
    return work.counter()
        .flops(norm.flops(rows, width))
        .flops(rows, width, activation.flops() + 1)
        .weights(layer, weights)
        .activations(3, rows, width)
        .cost();
  }
}
