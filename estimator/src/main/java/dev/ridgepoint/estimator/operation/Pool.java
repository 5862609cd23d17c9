package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * A dense layer with tanh on the first row of each sequence (BERT).
 *
 * @param weights a square matrix and its bias
 */
public record Pool(String name, List<WeightTensor> weights) implements Operation {
  public Pool {
    weights = List.copyOf(weights);
  }

  @Override
  public int layer() {
    return NO_LAYER;
  }

  @Override
  public Rows rows() {
    return Rows.SEQUENCES;
  }

  @Override
  public Cost cost(StepWork work) {
    long rows = work.rows(rows());
    long hidden = weights.getFirst().columns();
    // The product; a bias and a tanh per output.
    return work.counter()
        .multiplyAdds(rows, hidden, hidden)
        .weights(weights)
        .flops(2, rows, hidden)
        .activations(2, rows, hidden)
        .cost();
  }
}
