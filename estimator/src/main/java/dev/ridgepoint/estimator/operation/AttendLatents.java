package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LatentAttention;

/** Attention over latents of r + d_rope elements, whose r elements are the values too. */
public record AttendLatents(String name, int layer, LatentAttention attention)
    implements Operation {
  @Override
  public Kernel kernel() {
    return Kernel.ATTENTION;
  }

  @Override
  public Cost cost(StepWork work) {
    StepWork.Positions seen = work.positions(attention.span());
    long heads = attention.numAttentionHeads();
    long rank = attention.keyValueLoraRank();
    long latent = attention.latentWidth();
    return work.counter()
        .multiplyAdds(heads, seen.attended(), latent + rank)
        .flops(heads, seen.attended(), Attend.SOFTMAX_FLOPS)
        .flops(work.tokens(), heads, rank)
        .kvRead(seen.visible(), AppendKeyValues.bytesPerPosition(attention, work.options()))
        .activations(work.tokens(), heads, latent + rank)
        .cost();
  }
}
