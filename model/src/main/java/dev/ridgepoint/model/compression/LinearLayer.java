package dev.ridgepoint.model.compression;

import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear layer of a decoder's layers: matrices that multiply the same inputs. The head is none:
 * methods leave it, as their papers do, since it may be the embedding, too.
 *
 * @param index its place in the list of operations
 * @param matrices [outputs, inputs] each
 */
record LinearLayer(int index, Linear operation, List<TensorSpec> matrices) {

  /** Those of a list of operations. */
  static List<LinearLayer> of(List<Operation> operations) {
    List<LinearLayer> layers = new ArrayList<>();
    for (int index = 0; index < operations.size(); index++) {
      if (operations.get(index) instanceof Linear linear && linear.layer() != Operation.NO_LAYER) {
        layers.add(
            new LinearLayer(
                index,
                linear,
                linear.matrices().stream()
                    .map(matrix -> TensorSpec.of(linear.layer(), matrix, 0))
                    .toList()));
      }
    }
    return layers;
  }

  int inputs() {
    return Math.toIntExact(operation.inputs());
  }
}
