package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.operation.Operation;
import java.util.List;

/**
 * A tensor that a program needs.
 *
 * @param role what it is for
 * @param part weight or bias
 * @param owner the part of the layer that has it
 * @param expert the number, from 0, of the expert that has it; 0 if none does
 * @param layer the layer that has it, or {@link Operation#NO_LAYER}
 * @param shape its dimensions, outermost first: [outputs, inputs] of a matrix
 */
public record TensorSpec(
    TensorRole role, Part part, Owner owner, int expert, int layer, List<Long> shape) {
  public TensorSpec {
    shape = List.copyOf(shape);
  }

  /** Of the layer itself, or of none. */
  public TensorSpec(TensorRole role, Part part, int layer, List<Long> shape) {
    this(role, part, Owner.LAYER, 0, layer, shape);
  }

  /**
   * One copy of a weight of a layer.
   *
   * @param copy its number: that of an expert; 0 if there is one alone
   */
  public static TensorSpec of(int layer, WeightTensor tensor, int copy) {
    List<Long> shape =
        tensor.isMatrix() ? List.of(tensor.rows(), tensor.columns()) : List.of(tensor.columns());
    return new TensorSpec(tensor.role(), tensor.part(), tensor.owner(), copy, layer, shape);
  }

  /** Whether it is the weight of a linear layer, or a table. */
  public boolean isMatrix() {
    return shape.size() == 2;
  }

  /** Whether its rows are those of heads that rotary embeddings turn. */
  boolean isQueryOrKey() {
    return switch (role) {
      case QUERY, KEY, QUERY_UP, KEY_VALUE_DOWN -> true;
      default -> false;
    };
  }

  /**
   * Its name, such as {@code model.layers.0.mlp.up_proj.weight}: that in a Hugging Face checkpoint
   * of Llama and its descendants, and here whatever the family.
   */
  public String name() {
    return HuggingFaceNames.LLAMA.name(this);
  }

  /** What its name ends with in both formats. */
  String suffix() {
    return part == Part.WEIGHT ? ".weight" : ".bias";
  }
}
