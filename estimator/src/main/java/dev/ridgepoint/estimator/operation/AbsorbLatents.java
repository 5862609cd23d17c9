package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Leads each head from its own elements to the latent's, or back, by its share of the projection
 * that would expand the latent.
 *
 * @param projection the projection of all heads, of which this reads {@code dim} rows of each
 * @param dim elements of a head: of its key without the rotary part, or of its value
 */
public record AbsorbLatents(
    String name, int layer, LatentAttention attention, WeightTensor projection, long dim)
    implements Operation {
  @Override
  public List<WeightTensor> weights() {
    return List.of(projection);
  }

  @Override
  public Cost cost(StepWork work) {
    long heads = attention.numAttentionHeads();
    long rank = attention.keyValueLoraRank();
    return work.counter()
        .multiplyAdds(work.tokens(), heads, dim, rank)
        .matrix(projection.component(), heads * dim, rank)
        .activations(work.tokens(), heads, dim + rank)
        .cost();
  }
}
