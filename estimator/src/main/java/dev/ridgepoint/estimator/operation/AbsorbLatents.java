package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Leads each head from its query to the latents, or from the latents that it has attended to its
 * value, by its share of the projection that would expand them.
 *
 * @param projection of all heads, one below the other: {@link LatentAttention#absorbedKeyUp} to the
 *     latents, or that of values from them
 */
public record AbsorbLatents(
    String name, int layer, LatentAttention attention, WeightTensor projection)
    implements Operation {
  /** Whether it leads to the latents. */
  public boolean isOfQueries() {
    return projection.role() == TensorRole.KEY_UP;
  }

  @Override
  public Kernel kernel() {
    return Kernel.LINEAR;
  }

  @Override
  public List<WeightTensor> weights() {
    return List.of(projection);
  }

  @Override
  public Cost cost(StepWork work) {
    long heads = attention.numAttentionHeads();
    long outputsOfHead = projection.rows() / heads;
    return work.counter()
        .multiplyAdds(work.tokens(), projection.rows(), projection.columns())
        .weights(layer, weights())
        .activations(work.tokens(), heads, projection.columns() + outputsOfHead)
        .cost();
  }
}
