package dev.ridgepoint.estimator.architecture;

import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import java.util.List;

/** What the last layer's rows become. */
public sealed interface Head {
  /** The weights, for a residual stream of {@code hiddenSize} and its {@code embedding}. */
  List<WeightTensor> weights(int hiddenSize, Embedding embedding);

  /**
   * Logits of the vocabulary.
   *
   * @param isTied whether the matrix is the embedding, stored once
   * @param bias whether a bias per token is added
   */
  record LanguageModel(boolean isTied, boolean bias) implements Head {
    @Override
    public List<WeightTensor> weights(int hiddenSize, Embedding embedding) {
      WeightTensor matrix =
          WeightTensor.matrix(TensorRole.OUTPUT_HEAD, embedding.vocabSize(), embedding.width());
      WeightTensor vector =
          WeightTensor.vector(TensorRole.OUTPUT_HEAD, Part.BIAS, embedding.vocabSize());
      if (isTied) {
        return bias ? List.of(vector) : List.of();
      }
      return bias ? List.of(matrix, vector) : List.of(matrix);
    }
  }

  /** A dense layer with tanh on the first row of a sequence (BERT, arXiv:1810.04805). */
  record Pooler() implements Head {
    @Override
    public List<WeightTensor> weights(int hiddenSize, Embedding embedding) {
      return List.of(
          WeightTensor.matrix(TensorRole.POOLER, hiddenSize, hiddenSize),
          WeightTensor.vector(TensorRole.POOLER, Part.BIAS, hiddenSize));
    }
  }

  /** The rows themselves. */
  record None() implements Head {
    @Override
    public List<WeightTensor> weights(int hiddenSize, Embedding embedding) {
      return List.of();
    }
  }
}
