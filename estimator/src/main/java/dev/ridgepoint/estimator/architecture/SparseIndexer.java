package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;

/**
 * What chooses the positions of sparse attention (DeepSeek-V3.2, arXiv:2512.02556, section 2.1):
 * each of its heads takes the product of a query with the one key of a position, the sum of what is
 * positive, weighted per head, is the position's score, and the highest ones are attended. The keys
 * are cached beside those of the attention.
 *
 * @param numHeads query heads
 * @param headDim elements of a query head and of the key
 */
public record SparseIndexer(int numHeads, int headDim) {
  /** Of the key. */
  public static final Norm KEY_NORM = Norm.LAYER;

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public SparseIndexer {
    Limits.requireSize("index_n_heads", numHeads, Limits.MAX_WIDTH);
    Limits.requireSize("index_head_dim", headDim, Limits.MAX_WIDTH / numHeads);
  }

  /** Elements of all query heads. */
  public long queryWidth() {
    return (long) numHeads * headDim;
  }

  /** Elements of a token's queries, key and weights. */
  public long tokenElements() {
    return queryWidth() + headDim + numHeads;
  }

  List<WeightTensor> weights(int hiddenSize, int queryLoraRank) {
    List<WeightTensor> weights = new ArrayList<>();
    weights.add(WeightTensor.matrix(TensorRole.INDEX_QUERY, queryWidth(), queryLoraRank));
    weights.add(WeightTensor.matrix(TensorRole.INDEX_KEY, headDim, hiddenSize));
    weights.addAll(KEY_NORM.weights(TensorRole.INDEX_KEY_NORM, headDim));
    weights.add(WeightTensor.matrix(TensorRole.INDEX_WEIGHTS, numHeads, hiddenSize));
    return weights;
  }
}
