package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/** How Hugging Face checkpoints hold the tensors of an architecture. */
record HuggingFaceLayout(HuggingFaceNames names, JoinedRows joined) implements TensorLayout {

  /**
   * The layout of an architecture's checkpoint.
   *
   * @param namesInFile what its files hold
   */
  static HuggingFaceLayout of(Architecture architecture, Set<String> namesInFile) {
    HuggingFaceNames usual = HuggingFaceNames.of(architecture.modelType());
    HuggingFaceNames bare = usual.withoutStem();
    TensorSpec table =
        new TensorSpec(
            TensorRole.TOKEN_EMBEDDING, Part.WEIGHT, Operation.NO_LAYER, List.of(0L, 0L));
    return new HuggingFaceLayout(
        namesInFile.contains(bare.name(table)) ? bare : usual, new JoinedRows(architecture));
  }

  @Override
  public TensorPlace place(TensorSpec spec) {
    if (spec.owner() == Owner.EXPERT) {
      return names.experts().place(spec, names.name(spec), joined.experts(spec));
    }
    IntUnaryOperator row = IntUnaryOperator.identity();
    if (names.rotatesNeighbours() && spec.isQueryOrKey()) {
      row = joined.neighbours();
    }
    List<Long> shape = new ArrayList<>(spec.shape());
    if (spec.owner() == Owner.LAYER && names.isJoined(spec.role())) {
      row = row.andThen(names.isJoinedByHead() ? joined.byHead(spec) : joined.below(spec));
      shape.set(0, joined.count(spec));
    }
    boolean isTransposed =
        names.isTransposed() && spec.isMatrix() && spec.layer() != Operation.NO_LAYER;
    return new TensorPlace(
        names.name(spec), isTransposed ? shape.reversed() : shape, row, isTransposed);
  }
}
