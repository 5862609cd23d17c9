package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How tokens become rows of the residual stream.
 *
 * @param vocabSize rows of the table
 * @param width columns of the table; where it is not the hidden size, one matrix leads from it to
 *     the stream and another back to the head (OPT-350M)
 * @param positionRows rows of a learned table of positions; 0 without one
 * @param tokenTypes rows of a table of token types (BERT); 0 without one
 * @param norm what follows the sum of the tables
 * @param perLayer tables with a row for each layer
 * @param streams residual streams that a token is led to, and back from at the end; usually 1
 */
public record Embedding(
    int vocabSize,
    int width,
    int positionRows,
    int tokenTypes,
    Norm norm,
    Optional<PerLayerEmbedding> perLayer,
    int streams) {

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public Embedding {
    Limits.requireSize("vocab_size", vocabSize, Limits.MAX_VOCABULARY);
    Limits.requireSize("word_embed_proj_dim", width, Limits.MAX_WIDTH);
    Limits.requireSizeOrNone("max_position_embeddings", positionRows, Limits.MAX_VOCABULARY);
    Limits.requireSizeOrNone("type_vocab_size", tokenTypes, Limits.MAX_VOCABULARY);
    Objects.requireNonNull(norm, "norm");
    Objects.requireNonNull(perLayer, "perLayer");
    Limits.requireSize("altup_num_inputs", streams, Limits.MAX_EXPERTS);
  }

  /** No tables of layers, and one stream. */
  public Embedding(int vocabSize, int width, int positionRows, int tokenTypes, Norm norm) {
    this(vocabSize, width, positionRows, tokenTypes, norm, Optional.empty(), 1);
  }

  /** The same with another vocabulary, in all tables of tokens. */
  public Embedding withVocabulary(int rows) {
    return new Embedding(
        rows,
        width,
        positionRows,
        tokenTypes,
        norm,
        perLayer.map(table -> new PerLayerEmbedding(rows, table.layers(), table.width())),
        streams);
  }

  /** A table of tokens alone, as wide as the residual stream. */
  public static Embedding ofTokens(int vocabSize, int hiddenSize) {
    return new Embedding(vocabSize, hiddenSize, 0, 0, Norm.NONE);
  }

  /** Whether the table's width differs from the residual stream's. */
  public boolean isProjected(long hiddenSize) {
    return width != hiddenSize;
  }

  /** The tables and projections, for a residual stream of {@code hiddenSize}. */
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    weights.add(WeightTensor.matrix(TensorRole.TOKEN_EMBEDDING, vocabSize, width));
    if (isProjected(hiddenSize)) {
      weights.add(WeightTensor.matrix(TensorRole.EMBEDDING_IN, hiddenSize, width));
      weights.add(WeightTensor.matrix(TensorRole.EMBEDDING_OUT, width, hiddenSize));
    }
    if (positionRows > 0) {
      weights.add(WeightTensor.matrix(TensorRole.POSITION_EMBEDDING, positionRows, hiddenSize));
    }
    if (tokenTypes > 0) {
      weights.add(WeightTensor.matrix(TensorRole.TOKEN_TYPE_EMBEDDING, tokenTypes, hiddenSize));
    }
    weights.addAll(norm.weights(TensorRole.EMBEDDING_NORM, hiddenSize));
    perLayer.ifPresent(table -> weights.addAll(table.weights(hiddenSize)));
    if (streams > 1) {
      long further = (streams - 1L) * hiddenSize;
      weights.add(WeightTensor.matrix(TensorRole.STREAMS_IN, further, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.STREAMS_OUT, further, hiddenSize));
    }
    return weights;
  }
}
