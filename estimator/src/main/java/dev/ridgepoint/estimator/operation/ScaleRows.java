package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Multiplies each row with a learned number, in place (Gemma 4).
 *
 * @param width elements of a row
 * @param weights the number
 */
public record ScaleRows(String name, int layer, long width, List<WeightTensor> weights)
    implements Operation {
  public ScaleRows {
    weights = List.copyOf(weights);
  }

  @Override
  public Cost cost(StepWork work) {
    return work.counter()
        .flops(work.tokens(), width)
        .weights(layer, weights)
        .activations(2, work.tokens(), width)
        .cost();
  }
}
