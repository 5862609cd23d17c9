package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/** Projects every cached latent that the step sees to the keys and values of all heads. */
public record ExpandLatents(
    String name, int layer, LatentAttention attention, WeightTensor projection)
    implements Operation {
  @Override
  public List<WeightTensor> weights() {
    return List.of(projection);
  }

  @Override
  public Cost cost(StepWork work) {
    long visible = work.positions(attention.span()).visible();
    return work.counter()
        .multiplyAdds(visible, projection.columns(), projection.rows())
        .weights(weights())
        .kvRead(visible, AppendKeyValues.bytesPerPosition(attention, work.options()))
        .activations(visible, projection.rows())
        .cost();
  }
}
