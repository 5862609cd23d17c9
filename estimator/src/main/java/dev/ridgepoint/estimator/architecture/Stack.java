package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Layers that a token passes one after the other.
 *
 * @param layers the layers, in order
 * @param finalNorm what follows the last layer
 * @param relativePositionBuckets rows of a table of position biases per head, shared by all layers
 *     (T5, arXiv:1910.10683); 0 without one
 */
public record Stack(List<Layer> layers, Norm finalNorm, int relativePositionBuckets) {

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public Stack {
    layers = sharingEqualOnes(layers);
    Limits.requireSize("num_hidden_layers", layers.size(), Limits.MAX_LAYERS);
    Objects.requireNonNull(finalNorm, "finalNorm");
    Limits.requireSizeOrNone(
        "relative_attention_num_buckets", relativePositionBuckets, Limits.MAX_WIDTH);
  }

  /** Layers without a table of position biases. */
  public Stack(List<Layer> layers, Norm finalNorm) {
    this(layers, finalNorm, 0);
  }

  /** {@code count} equal layers. */
  public static Stack of(int count, Layer layer, Norm finalNorm) {
    Limits.requireSize("num_hidden_layers", count, Limits.MAX_LAYERS);
    return new Stack(Collections.nCopies(count, layer), finalNorm);
  }

  /** The different layers, each with the number of its occurrences, in order of the first ones. */
  public Map<Layer, Integer> distinctLayers() {
    IdentityHashMap<Layer, Integer> counts = new IdentityHashMap<>(); // equal ones are one object
    layers.forEach(layer -> counts.merge(layer, 1, Integer::sum));
    Map<Layer, Integer> inOrder = new LinkedHashMap<>();
    for (Layer layer : layers) {
      Integer count = counts.remove(layer);
      if (count != null) {
        inOrder.put(layer, count);
      }
    }
    return inOrder;
  }

  /** Layers are compared in depth once, here: searches ask for the distinct ones very often. */
  private static List<Layer> sharingEqualOnes(List<Layer> layers) {
    Map<Layer, Layer> firsts = new HashMap<>();
    return layers.stream()
        .map(layer -> Objects.requireNonNullElse(firsts.putIfAbsent(layer, layer), layer))
        .toList();
  }

  /** The table of position biases that all layers share. */
  public Optional<WeightTensor> relativePositions() {
    if (relativePositionBuckets == 0) {
      return Optional.empty();
    }
    int heads = layers.getFirst().attentions().getFirst().numAttentionHeads();
    return Optional.of(
        WeightTensor.matrix(TensorRole.RELATIVE_POSITIONS, relativePositionBuckets, heads));
  }

  /** The weights, for a residual stream of {@code hiddenSize}. */
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    distinctLayers()
        .forEach(
            (layer, count) ->
                layer.weights(hiddenSize).forEach(t -> weights.add(t.times(count, count))));
    relativePositions().ifPresent(weights::add);
    weights.addAll(finalNorm.weights(TensorRole.FINAL_NORM, hiddenSize));
    return weights;
  }
}
