package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;

/**
 * A table with a row for each token and layer, to which a normalised projection of the token's
 * embedding is added (Gemma 3n, Gemma 4). A token reads one row of all layers, so that the table
 * may stay in slow memory.
 *
 * @param rows tokens of the table
 * @param layers layers that have a row
 * @param width elements of a layer's row
 */
public record PerLayerEmbedding(int rows, int layers, int width) {
  /** Of each layer's row. */
  public static final Norm NORM = Norm.RMS;

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public PerLayerEmbedding {
    Limits.requireSize("vocab_size_per_layer_input", rows, Limits.MAX_VOCABULARY);
    Limits.requireSize("num_hidden_layers", layers, Limits.MAX_LAYERS);
    Limits.requireSize("hidden_size_per_layer_input", width, Limits.MAX_WIDTH / layers);
  }

  /** Elements of the rows of all layers. */
  public long allWidth() {
    return (long) layers * width;
  }

  List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    weights.add(WeightTensor.matrix(TensorRole.PER_LAYER_EMBEDDING, rows, allWidth()));
    weights.add(WeightTensor.matrix(TensorRole.PER_LAYER_IN, allWidth(), hiddenSize));
    weights.addAll(NORM.weights(TensorRole.PER_LAYER_NORM, width));
    return weights;
  }
}
