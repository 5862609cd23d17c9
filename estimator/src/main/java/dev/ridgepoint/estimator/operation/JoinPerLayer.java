package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.PerLayerEmbedding;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Normalises the projection of a token's embedding, layer by layer, and adds the token's row of the
 * table of layers.
 *
 * @param table {@code [tokens, layers x width]}
 * @param norm the weights of the norm
 */
public record JoinPerLayer(
    String name, PerLayerEmbedding embedding, WeightTensor table, List<WeightTensor> norm)
    implements Operation {
  public JoinPerLayer {
    norm = List.copyOf(norm);
  }

  @Override
  public int layer() {
    return NO_LAYER;
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long rows = Math.multiplyExact(tokens, embedding.layers());
    return work.counter()
        .flops(PerLayerEmbedding.NORM.flops(rows, embedding.width()))
        .flops(tokens, embedding.allWidth())
        .rowsOf(table, NO_LAYER, tokens)
        .weights(NO_LAYER, norm)
        .activations(2, tokens, embedding.allWidth())
        .cost();
  }
}
