package dev.ridgepoint.estimator.architecture;

import static java.lang.Math.multiplyExact;

import java.util.List;
import java.util.stream.Stream;

/**
 * A normalisation of rows. A FLOP is an add, multiply, divide or square root; a row of w elements
 * takes:
 *
 * <ul>
 *   <li>root mean square (Zhang and Sennrich 2019, arXiv:1910.07467): w squares, w - 1 adds, a
 *       divide, an add of epsilon, a root, a reciprocal, w products: 3w + 3
 *   <li>layer normalisation (Ba et al. 2016, arXiv:1607.06450): w - 1 adds and a divide for the
 *       mean, w subtractions, then as above: 5w + 3
 *   <li>one more per element for a weight, and one for a bias
 * </ul>
 */
public enum Norm {
  /** No normalisation. */
  NONE(0, 0),
  /** Root mean square with a weight. */
  RMS(1, 4),
  /** Root mean square without a weight. */
  RMS_NON_PARAMETRIC(0, 3),
  /** Layer normalisation with weight and bias. */
  LAYER(2, 7),
  /** Layer normalisation with a weight alone. */
  LAYER_WITHOUT_BIAS(1, 6),
  /** Layer normalisation without either. */
  LAYER_NON_PARAMETRIC(0, 5);

  /** Of both kinds, as above. */
  private static final int FLOPS_PER_ROW = 3;

  private final int vectors;
  private final int flopsPerElement;

  Norm(int vectors, int flopsPerElement) {
    this.vectors = vectors;
    this.flopsPerElement = flopsPerElement;
  }

  /** Whether there is anything to compute. */
  public boolean isPresent() {
    return this != NONE;
  }

  /** Weights and biases of rows of {@code width}. */
  public long parameters(long width) {
    return multiplyExact(vectors, width);
  }

  /** The vectors of rows of {@code width}: a weight, a bias, both or none. */
  public List<WeightTensor> weights(TensorRole role, long width) {
    return Stream.of(WeightTensor.Part.values())
        .limit(vectors)
        .map(part -> WeightTensor.vector(role, part, width))
        .toList();
  }

  /**
   * FLOPs of the gradients of {@code rows} rows of {@code width}, of the root mean square with a
   * weight: 2w + 3 for the scale again, 3w for the sum of products of weight, gradient and input, 3
   * for its factor, 4w for the input's gradient, 3w for the weight's.
   *
   * @throws IllegalArgumentException of another norm
   */
  public long backwardFlops(long rows, long width) {
    if (this != RMS) {
      throw new IllegalArgumentException("the gradients of the norm " + this + " are not known");
    }
    return multiplyExact(rows, 12 * width + 6);
  }

  /** FLOPs of {@code rows} rows of {@code width}. */
  public long flops(long rows, long width) {
    return isPresent() ? multiplyExact(rows, flopsPerElement * width + FLOPS_PER_ROW) : 0;
  }
}
