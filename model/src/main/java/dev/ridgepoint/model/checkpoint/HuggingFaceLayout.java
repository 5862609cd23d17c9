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
import java.util.stream.Stream;

/**
 * How Hugging Face checkpoints hold the tensors of an architecture. What the names begin with
 * depends on the class that was saved: the decoder without its head, as embedding models are
 * published, has nothing there, and a model that also sees or hears what it calls the part that
 * speaks.
 */
record HuggingFaceLayout(HuggingFaceNames names, Architecture architecture)
    implements TensorLayout {
  /** Of any shape: it is asked for by name. */
  private static final TensorSpec EMBEDDING =
      new TensorSpec(TensorRole.TOKEN_EMBEDDING, Part.WEIGHT, Operation.NO_LAYER, List.of());

  /**
   * The layout of an architecture's checkpoint: with the names among which its embedding is, the
   * usual ones if it is not there.
   *
   * @param namesInFiles of all tensors
   */
  static HuggingFaceLayout of(Architecture architecture, Set<String> namesInFiles) {
    HuggingFaceNames usual = HuggingFaceNames.of(architecture.modelType());
    HuggingFaceNames names =
        Stream.of(
                usual,
                usual.withStems("", ""),
                usual.withStems("language_model.model.", "language_model."),
                usual.withStems("model.language_model.", ""),
                usual.withStems("language_model.", ""))
            .filter(each -> namesInFiles.contains(each.name(EMBEDDING)))
            .findFirst()
            .orElse(usual);
    return new HuggingFaceLayout(names, architecture);
  }

  @Override
  public TensorPlace place(TensorSpec spec) {
    JoinedRows joined = new JoinedRows(architecture);
    if (spec.owner() == Owner.EXPERT) {
      return names.experts().place(spec, names.name(spec), joined.experts(spec));
    }
    if (LatentUpProjection.has(spec)) {
      return LatentUpProjection.of(architecture).joined(spec, names.name(spec));
    }
    IntUnaryOperator row = IntUnaryOperator.identity();
    if (names.rotatesNeighbours() && spec.isQueryOrKey()) {
      row = new RotaryRows(architecture).neighbours(spec);
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
