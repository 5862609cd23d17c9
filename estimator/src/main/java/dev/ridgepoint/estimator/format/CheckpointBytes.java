package dev.ridgepoint.estimator.format;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.HashMap;
import java.util.Map;

/**
 * The weights of a decoder in the formats of a mix; norm weights and biases in F32.
 *
 * @param storedBytes all weights, each stored once
 * @param readBytes what one decode step reads: each matrix once, but of experts those that are
 *     expected to be chosen, and of the embedding the rows of the tokens, unless it is the head too
 * @param readElements how many elements of each format those are
 */
public record CheckpointBytes(long storedBytes, long readBytes, Map<Precision, Long> readElements) {

  public CheckpointBytes {
    readElements = Map.copyOf(readElements);
  }

  /**
   * The bytes of {@code architecture} in {@code mix}, decoding a token for each of {@code batch}
   * sequences. Each token chooses its experts independently and uniformly, so that an expert is
   * missed by all with probability (1 - k/E)^batch.
   *
   * @throws IllegalArgumentException if {@code architecture} has no decoder, or {@code batch} is
   *     not positive
   * @throws ArithmeticException beyond 2^63
   */
  public static CheckpointBytes of(Architecture architecture, QuantizationMix mix, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch must be positive, but is " + batch);
    }
    Stack decoder =
        architecture
            .decoder()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model_type %s has no decoder".formatted(architecture.modelType())));
    int hidden = architecture.hiddenSize();
    Sum sum = new Sum(architecture, mix, batch);
    architecture.embedding().weights(hidden).forEach(sum::addTable);
    for (int index = 0; index < decoder.layers().size(); index++) {
      Layer layer = decoder.layers().get(index);
      for (WeightTensor tensor : layer.weights(hidden)) {
        sum.add(tensor, index);
      }
    }
    for (WeightTensor tensor : architecture.head().weights(hidden, architecture.embedding())) {
      sum.add(tensor, QuantizationMix.NO_LAYER);
    }
    long finalNorm = decoder.finalNorm().parameters(hidden);
    sum.add(Precision.F32, Precision.F32.rowBytes(finalNorm), 1, finalNorm, 1);
    return new CheckpointBytes(sum.storedBytes, sum.readBytes, sum.readElements);
  }

  private static final class Sum {
    private final Architecture architecture;
    private final QuantizationMix mix;
    private final int batch;
    private final Map<Precision, Long> readElements = new HashMap<>();
    private long storedBytes;
    private long readBytes;

    Sum(Architecture architecture, QuantizationMix mix, int batch) {
      this.architecture = architecture;
      this.mix = mix;
      this.batch = batch;
    }

    /** A table of which a token reads one row, or what is beside such tables. */
    void addTable(WeightTensor tensor) {
      boolean isTable =
          switch (tensor.role()) {
            case TOKEN_EMBEDDING, POSITION_EMBEDDING, TOKEN_TYPE_EMBEDDING -> true;
            default -> false;
          };
      boolean isHead = tensor.role() == TensorRole.TOKEN_EMBEDDING && architecture.isTied();
      if (!isTable || isHead) {
        add(tensor, QuantizationMix.NO_LAYER);
      } else {
        Precision format = mix.formatOf(architecture, tensor, QuantizationMix.NO_LAYER);
        add(format, format.rowBytes(tensor.columns()), tensor.rows(), tensor.columns(), batch);
      }
    }

    void add(WeightTensor tensor, int layer) {
      Precision format =
          tensor.isMatrix() ? mix.formatOf(architecture, tensor, layer) : Precision.F32;
      double missed = 1 - (double) tensor.activeCopies() / tensor.copies();
      add(
          format,
          format.matrixBytes(tensor.rows(), tensor.columns()),
          tensor.copies(),
          multiplyExact(tensor.rows(), tensor.columns()),
          tensor.copies() * (1 - Math.pow(missed, batch)));
    }

    /** {@code copies} of something, of which {@code readCopies} are read. */
    void add(Precision format, long bytes, long copies, long elements, double readCopies) {
      storedBytes = addExact(storedBytes, multiplyExact(copies, bytes));
      readBytes = addExact(readBytes, Math.round(readCopies * bytes));
      readElements.merge(format, Math.round(readCopies * elements), Math::addExact);
    }
  }
}
