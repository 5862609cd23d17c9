package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.LightningAttention;

/**
 * The recurrence of {@link LightningAttention}, token by token: SiLU of queries, keys and values;
 * of each head the state times its decay, the outer product of key and value, the product with the
 * query. The state is read and written once per step and sequence.
 */
public record ScanLinearAttention(String name, int layer, LightningAttention mixer)
    implements Operation {
  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    long state = mixer.recurrentStateElements();
    return work.counter()
        .flops(3, tokens, mixer.width(), Activation.SILU.flops())
        .flops(tokens, state)
        .multiplyAdds(2, tokens, state)
        .activations(4, tokens, mixer.width())
        .state(work.rows(Rows.SEQUENCES), state)
        .cost();
  }
}
