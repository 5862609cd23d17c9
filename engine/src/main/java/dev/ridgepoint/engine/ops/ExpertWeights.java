package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.util.List;
import java.util.Locale;

/**
 * The weights of one projection of all experts, which have equal shapes.
 *
 * @param matrices of every expert, {@code [outputs][inputs]}, in parts of one format each, one
 *     below the other
 * @param biases of every expert, {@code [outputs]}; or none at all
 */
public record ExpertWeights(List<List<PackedMatrix>> matrices, List<float[]> biases) {
  /**
   * @throws IllegalArgumentException if shapes differ
   */
  public ExpertWeights {
    matrices = List.copyOf(matrices);
    biases = List.copyOf(biases);
    int inputs = matrices.getFirst().getFirst().inputs();
    int outputs = outputs(matrices.getFirst());
    boolean areEqual =
        matrices.stream()
            .allMatch(
                parts ->
                    outputs(parts) == outputs
                        && parts.stream().allMatch(part -> part.inputs() == inputs));
    boolean haveBiases =
        biases.isEmpty()
            || (biases.size() == matrices.size()
                && biases.stream().allMatch(bias -> bias.length == outputs));
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
    return matrices.getFirst().getFirst().inputs();
  }

  int outputs() {
    return outputs(matrices.getFirst());
  }

  private static int outputs(List<PackedMatrix> parts) {
    int outputs = 0;
    for (int i = 0; i < parts.size(); i++) {
      outputs = Math.addExact(outputs, parts.get(i).outputs());
    }
    return outputs;
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
    matMul.begin(x, false, y);
    for (int expert = 0; expert < matrices.size(); expert++) {
      int first = choice.firstSlot(expert);
      int slots = choice.firstSlot(expert + 1) - first;
      if (slots > 0) {
        bytes += add(matMul, expert, first, slots);
      }
    }
    matMul.end();
    return bytes;
  }

  private long add(MatMul matMul, int expert, int firstRow, int rows) {
    float[] bias = biases.isEmpty() ? null : biases.get(expert);
    List<PackedMatrix> parts = matrices.get(expert);
    long bytes = bias == null ? 0 : 4L * bias.length;
    int firstColumn = 0;
    for (int i = 0; i < parts.size(); i++) {
      PackedMatrix part = parts.get(i);
      matMul.add(part, bias, firstRow, rows, firstColumn);
      firstColumn += part.outputs();
      bytes += part.weightBytes();
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
