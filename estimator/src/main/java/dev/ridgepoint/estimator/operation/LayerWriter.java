package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import java.util.Arrays;
import java.util.List;

/** Appends operations of one layer, which read its weights. */
final class LayerWriter {
  private final List<Operation> operations;
  private final int index;
  private final List<WeightTensor> weights;
  private final int hidden;

  /**
   * @param operations what it appends to
   * @param index the layer's number, from 0
   * @param weights of the layer, or of one of its parts
   * @param hidden width of the residual stream
   */
  LayerWriter(List<Operation> operations, int index, List<WeightTensor> weights, int hidden) {
    this.operations = operations;
    this.index = index;
    this.weights = weights;
    this.hidden = hidden;
  }

  /** The same place in the layer, with the weights of one of its parts. */
  LayerWriter of(List<WeightTensor> ofPart) {
    return new LayerWriter(operations, index, ofPart, hidden);
  }

  /** The layer's number, from 0. */
  int index() {
    return index;
  }

  int hidden() {
    return hidden;
  }

  void add(Operation operation) {
    operations.add(operation);
  }

  void linear(String name, Buffer from, Buffer to, TensorRole... roles) {
    linear(name, Owner.LAYER, from, to, to == Buffer.RESIDUAL, roles);
  }

  /** One product of matrices that stand one below the other. */
  void linear(
      String name, Owner owner, Buffer from, Buffer to, boolean isResidual, TensorRole... roles) {
    List<WeightTensor> all = weights(owner, roles);
    add(
        new Linear(
            name,
            index,
            all.stream().filter(tensor -> tensor.part() == Part.WEIGHT).toList(),
            all.stream().filter(tensor -> tensor.part() == Part.BIAS).toList(),
            Rows.TOKENS,
            from,
            to,
            isResidual));
  }

  /** In place, of rows of {@code width}. */
  void normalize(String name, Norm norm, TensorRole role, long width, Buffer buffer) {
    normalize(name, norm, role, width, buffer, buffer, false);
  }

  void normalize(
      String name,
      Norm norm,
      TensorRole role,
      long width,
      Buffer from,
      Buffer to,
      boolean isResidual) {
    normalize(name, norm, weights(role), width, from, to, isResidual);
  }

  private void normalize(
      String name,
      Norm norm,
      List<WeightTensor> of,
      long width,
      Buffer from,
      Buffer to,
      boolean isResidual) {
    if (norm.isPresent()) {
      add(new Normalize(name, index, norm, of, width, Rows.TOKENS, from, to, isResidual));
    }
  }

  /** In place, of what a part of the layer has made. */
  void normalize(String name, Norm norm, Owner owner, TensorRole role, long width, Buffer buffer) {
    normalize(name, norm, weights(owner, role), width, buffer, buffer, false);
  }

  List<WeightTensor> weights(TensorRole... roles) {
    return weights(Owner.LAYER, roles);
  }

  /** The weights of one copy of each of these roles, as far as the layer has them. */
  List<WeightTensor> weights(Owner owner, TensorRole... roles) {
    return weights.stream()
        .filter(tensor -> tensor.owner() == owner && Arrays.asList(roles).contains(tensor.role()))
        .map(WeightTensor::single)
        .toList();
  }

  WeightTensor matrix(TensorRole role) {
    return weights(role).getFirst();
  }
}
