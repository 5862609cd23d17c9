package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Projects every cached latent that the step sees to the keys and values of all heads.
 *
 * @param weights the projections to keys and to values
 */
public record ExpandLatents(
    String name, int layer, LatentAttention attention, List<WeightTensor> weights)
    implements Operation {
  public ExpandLatents {
    weights = List.copyOf(weights);
  }

  @Override
  public Cost cost(StepWork work) {
    long visible = work.positions(attention.span()).visible();
    return work.counter()
        .multiplyAdds(visible, attention.keyValueLoraRank(), attention.expandedWidth())
        .weights(layer, weights)
        .kvRead(visible, AppendKeyValues.bytesPerPosition(attention, work.options()))
        .activations(visible, attention.expandedWidth())
        .cost();
  }
}
