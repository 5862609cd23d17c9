package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Weights of one role at their place in a model.
 *
 * @param tensor what they are; {@code copies} of them within the layer
 * @param layer the layer in its stack, from 0, or {@link #NO_LAYER}
 */
public record PlacedWeight(WeightTensor tensor, int layer) {
  /** Stands for a place outside the layers. */
  public static final int NO_LAYER = -1;

  /**
   * All weights of a model, each stored one once, layer by layer. Modules for further tokens are
   * not among them.
   */
  public static List<PlacedWeight> all(Architecture architecture) {
    int hidden = architecture.hiddenSize();
    List<PlacedWeight> weights = new ArrayList<>();
    addAll(weights, architecture.embedding().weights(hidden), NO_LAYER);
    addStack(weights, architecture.encoder(), hidden, WeightTensor.StackKind.ENCODER);
    addStack(weights, architecture.decoder(), hidden, WeightTensor.StackKind.DECODER);
    addAll(weights, architecture.head().weights(hidden, architecture.embedding()), NO_LAYER);
    return weights;
  }

  private static void addStack(
      List<PlacedWeight> weights, Optional<Stack> stack, int hidden, WeightTensor.StackKind kind) {
    if (stack.isEmpty()) {
      return;
    }
    List<Layer> layers = stack.get().layers();
    for (int index = 0; index < layers.size(); index++) {
      addAll(weights, of(layers.get(index).weights(hidden), kind), index);
    }
    stack.get().relativePositions().ifPresent(t -> addAll(weights, of(List.of(t), kind), NO_LAYER));
    List<WeightTensor> norm = stack.get().finalNorm().weights(TensorRole.FINAL_NORM, hidden);
    addAll(weights, of(norm, kind), NO_LAYER);
  }

  private static List<WeightTensor> of(List<WeightTensor> tensors, WeightTensor.StackKind kind) {
    return tensors.stream().map(tensor -> tensor.of(kind)).toList();
  }

  private static void addAll(List<PlacedWeight> weights, List<WeightTensor> tensors, int layer) {
    tensors.forEach(tensor -> weights.add(new PlacedWeight(tensor, layer)));
  }
}
