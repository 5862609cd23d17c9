package dev.ridgepoint.estimator.architecture;

/** How tokens look at each other. */
public sealed interface Attention extends TokenMixer
    permits GroupedQueryAttention, LatentAttention {
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

  /** Whether it caches, rather than read what an earlier layer has cached. */
  default boolean isCacheItsOwn() {
    return true;
  }

  /** Factor of the product of a query and a key. */
  double scoreScale();
}
