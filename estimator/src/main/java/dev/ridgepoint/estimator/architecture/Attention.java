package dev.ridgepoint.estimator.architecture;

import java.util.List;

/** How tokens look at each other. */
public sealed interface Attention permits GroupedQueryAttention, LatentAttention {
  /** Query heads. */
  int numAttentionHeads();

  /** Which positions a token attends. */
  AttentionSpan span();

  /** The rotary positions of queries and keys. */
  Rope rope();

  /** Elements of each query and key head that RoPE rotates; 0 without RoPE. */
  default int rotaryDim() {
    return rope().dim();
  }

  /** Factor of the product of a query and a key. */
  double scoreScale();

  /** The weights, for a residual stream of {@code hiddenSize}. */
  List<WeightTensor> weights(int hiddenSize);
}
