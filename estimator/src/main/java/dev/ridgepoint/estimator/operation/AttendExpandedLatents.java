package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LatentAttention;

/**
 * Attention over keys of d_nope + d_rope elements and values of d_v, projected from latents.
 *
 * @param isCached whether keys and values are cached; otherwise {@link ExpandLatents} has just made
 *     them
 */
public record AttendExpandedLatents(
    String name, int layer, LatentAttention attention, boolean isCached) implements Operation {
  @Override
  public Cost cost(StepWork work) {
    StepWork.Positions seen = work.positions(attention.span());
    long queryWidth = attention.queryWidth();
    long valueWidth = attention.valueWidth();
    CostCounter counter =
        work.counter()
            .multiplyAdds(seen.attended(), queryWidth)
            .multiplyAdds(seen.attended(), valueWidth)
            .flops(attention.numAttentionHeads(), seen.attended(), Attend.SOFTMAX_FLOPS)
            .flops(work.tokens(), valueWidth)
            .activations(work.tokens(), queryWidth + valueWidth);
    return isCached
        ? counter
            .kvRead(seen.visible(), AppendKeyValues.bytesPerPosition(attention, work.options()))
            .cost()
        : counter
            .activations(seen.visible(), attention.expandedWidth() + attention.positionDim())
            .cost();
  }
}
