package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;

/**
 * How a GGUF file holds the tensors of an architecture, as llama.cpp's {@code
 * convert_hf_to_gguf.py} leaves them: see {@link GgufArchitecture}.
 *
 * @param ofModel the model's, in its own words
 * @param hasJoinedLatents whether the projection of latents to keys and values is one tensor
 */
record GgufLayout(GgufArchitecture architecture, Architecture ofModel, boolean hasJoinedLatents)
    implements TensorLayout {
  /** What the rotary frequencies are divided by, where {@code rope_scaling} is not one factor. */
  static final String ROPE_DIVISORS = "rope_freqs.weight";

  /** A latent's projection to keys and values as one, which older files have. */
  private static final String JOINED_LATENTS = "attn_kv_b";

  /** The layout of a file with an architecture's tensors. */
  static GgufLayout of(
      GgufArchitecture architecture, Architecture ofModel, Predicate<String> hasTensor) {
    return new GgufLayout(
        architecture, ofModel, hasTensor.test(place(0) + JOINED_LATENTS + ".weight"));
  }

  @Override
  public TensorPlace place(TensorSpec spec) {
    JoinedRows joined = new JoinedRows(ofModel);
    if (spec.owner() == Owner.EXPERT) {
      return new TensorPlace(name(spec), spec.shape(), IntUnaryOperator.identity(), false)
          .stacked(joined.experts(spec), spec.expert());
    }
    if (LatentUpProjection.has(spec)) {
      LatentUpProjection up = LatentUpProjection.of(ofModel);
      return hasJoinedLatents
          ? up.joined(spec, place(spec.layer()) + JOINED_LATENTS + spec.suffix())
          : up.alone(spec, name(spec));
    }
    IntUnaryOperator row = rowInFile(spec);
    List<Long> shape = new ArrayList<>(spec.shape());
    if (spec.owner() == Owner.LAYER && architecture.isJoined(spec.role())) {
      row = row.andThen(joined.below(spec));
      shape.set(0, joined.count(spec));
    }
    return new TensorPlace(name(spec), shape, row, false);
  }

  private static String place(int layer) {
    return layer != Operation.NO_LAYER ? "blk." + layer + "." : "";
  }

  /** A tensor's name in the file, such as {@code blk.0.ffn_up.weight}. */
  private String name(TensorSpec spec) {
    String place = place(spec.layer());
    if (spec.role() == TensorRole.ROUTER
        && spec.part() == Part.BIAS
        && architecture != GgufArchitecture.GPT_OSS) {
      return place + "exp_probs_b.bias"; // a correction of the choice
    }
    String owner =
        switch (spec.owner()) {
          case LAYER, CROSS_ATTENTION -> "";
          case EXPERT -> "_exps";
          case SHARED_EXPERT -> "_shexp";
        };
    return place + architecture.tensorName(spec.role()) + owner + spec.suffix();
  }

  /** Which row of the file's projection holds row {@code i} of the tensor. */
  IntUnaryOperator rowInFile(TensorSpec spec) {
    return isReordered(spec)
        ? new RotaryRows(ofModel).neighbours(spec)
        : IntUnaryOperator.identity();
  }

  /** Which row of the tensor row {@code i} of the file's holds: the inverse of the former. */
  IntUnaryOperator rowOfFile(TensorSpec spec) {
    return isReordered(spec) ? new RotaryRows(ofModel).halves(spec) : IntUnaryOperator.identity();
  }

  /** The tensor under its name in the file and with its rows in the file's order. */
  OutputTensor inFile(ExportedWeight weight) {
    IntUnaryOperator rowOfFile = rowOfFile(weight.spec());
    return new OutputTensor(
        name(weight.spec()),
        weight.spec().shape(),
        weight.dtype(),
        (row, target, offset) -> weight.rows().read(rowOfFile.applyAsInt(row), target, offset));
  }

  /** Queries and keys, of which the biases have one element a row. */
  private boolean isReordered(TensorSpec spec) {
    return architecture.rotatesNeighbours() && spec.isQueryOrKey();
  }
}
