package dev.ridgepoint.estimator.architecture;

import java.util.List;

/** How tokens look at each other. */
public sealed interface Attention permits GroupedQueryAttention, LatentAttention {
  /** Query heads. */
  int numAttentionHeads();

  /** Which positions a token attends. */
  AttentionSpan span();

  /** Elements of each query and key head that RoPE rotates; 0 without RoPE. */
  int rotaryDim();

  /** The weights, for a residual stream of {@code hiddenSize}. */
  List<WeightTensor> weights(int hiddenSize);
}
