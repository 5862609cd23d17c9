package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.util.List;
import java.util.Locale;

/**
 * The weights of one projection of all experts, which have equal shapes.
 *
 * @param matrices of every expert, {@code [outputs][inputs]}
 * @param biases of every expert, {@code [outputs]}; or none at all
 */
public record ExpertWeights(List<PackedMatrix> matrices, List<float[]> biases) {
  /**
   * @throws IllegalArgumentException if shapes differ
   */
  public ExpertWeights {
    matrices = List.copyOf(matrices);
    biases = List.copyOf(biases);
    PackedMatrix first = matrices.getFirst();
    boolean areEqual =
        matrices.stream()
            .allMatch(w -> w.inputs() == first.inputs() && w.outputs() == first.outputs());
    boolean haveBiases =
        biases.isEmpty()
            || (biases.size() == matrices.size()
                && biases.stream().allMatch(bias -> bias.length == first.outputs()));
    if (!areEqual || !haveBiases) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d matrices and %d biases of different shapes",
              matrices.size(),
              biases.size()));
    }
  }

  int inputs() {
    return matrices.getFirst().inputs();
  }

  int outputs() {
    return matrices.getFirst().outputs();
  }

  /**
   * One product for each expert that is chosen: each slot of x with its own.
   *
   * @param x {@code [slots][inputs]}
   * @param y {@code [slots][outputs]}
   * @return bytes of the weights that this read
   */
  long multiply(MatMul matMul, ExpertChoice choice, Tensor x, Tensor y) {
    long bytes = 0;
    for (int expert = 0; expert < matrices.size(); expert++) {
      int first = choice.firstSlot(expert);
      int slots = choice.firstSlot(expert + 1) - first;
      if (slots > 0) {
        PackedMatrix w = matrices.get(expert);
        float[] bias = biases.isEmpty() ? null : biases.get(expert);
        matMul.run(x, w, bias, false, y, first, slots);
        bytes += w.weightBytes() + (bias == null ? 0 : 4L * bias.length);
      }
    }
    return bytes;
  }

  /** FLOPs of the matrix products of {@code slots}. */
  long productFlops(long slots) {
    return Math.multiplyExact(2 * slots * inputs(), (long) outputs());
  }

  /** FLOPs of the biases of {@code slots}. */
  long biasFlops(long slots) {
    return biases.isEmpty() ? 0 : slots * outputs();
  }
}
