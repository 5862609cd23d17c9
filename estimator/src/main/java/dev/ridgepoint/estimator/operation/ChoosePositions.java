package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.SparseIndexer;

/**
 * Scores every position up to a token's own, of which attention then takes the highest: of each
 * head the product of query and key, and the weighted sum of what is positive. Choosing compares,
 * which is no FLOP. The new keys are cached, all keys read once per step and sequence.
 */
public record ChoosePositions(
    String name, int layer, LatentAttention attention, SparseIndexer indexer) implements Operation {
  private static final AttentionSpan ALL = new AttentionSpan.Causal();

  @Override
  public Cost cost(StepWork work) {
    StepWork.Positions all = work.positions(ALL);
    long bytes = work.options().kvCache().indexBytesPerPosition(attention);
    return work.counter()
        .multiplyAdds(all.attended(), indexer.numHeads(), indexer.headDim())
        .multiplyAdds(all.attended(), indexer.numHeads())
        .kvRead(all.visible(), bytes)
        .kvWritten(work.tokens(), bytes)
        .activations(work.tokens(), indexer.tokenElements())
        .cost();
  }
}
