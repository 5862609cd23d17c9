package dev.ridgepoint.estimator.architecture;

import java.util.List;

/**
 * The normalisation of queries and keys before their product.
 *
 * @param norm its kind; {@link Norm#NONE} if there is none
 * @param scope what one row of it is
 * @param includesValues whether value heads are normalised too, without weights (Gemma 3n)
 */
public record QueryKeyNorm(Norm norm, Scope scope, boolean includesValues) {
  /** None. */
  public static final QueryKeyNorm NONE = new QueryKeyNorm(Norm.NONE, Scope.SHARED_BY_HEADS);

  /** Of a value head, where those are normalised. */
  public static final Norm VALUE_NORM = Norm.RMS_NON_PARAMETRIC;

  /** Of queries and keys alone. */
  public QueryKeyNorm(Norm norm, Scope scope) {
    this(norm, scope, false);
  }

  /** What is normalised together, and with which weights. */
  public enum Scope {
    /** Each head by itself, all with the same weights. */
    SHARED_BY_HEADS,
    /** Each head by itself, each with its own weights. */
    PER_HEAD,
    /** All queries together, and all keys. */
    WHOLE
  }

  /** The weights of {@code heads} heads: of the queries, or of the keys. */
  List<WeightTensor> weights(TensorRole role, long heads, long headDim) {
    return norm.weights(role, scope == Scope.SHARED_BY_HEADS ? headDim : heads * headDim);
  }

  /** FLOPs of the gradients for {@code tokens} tokens with {@code heads} heads each. */
  public long backwardFlops(long tokens, long heads, long headDim) {
    return scope == Scope.WHOLE
        ? norm.backwardFlops(tokens, heads * headDim)
        : norm.backwardFlops(Math.multiplyExact(tokens, heads), headDim);
  }

  /** FLOPs for {@code tokens} tokens with {@code heads} heads each. */
  public long flops(long tokens, long heads, long headDim) {
    return scope == Scope.WHOLE
        ? norm.flops(tokens, heads * headDim)
        : norm.flops(Math.multiplyExact(tokens, heads), headDim);
  }
}
