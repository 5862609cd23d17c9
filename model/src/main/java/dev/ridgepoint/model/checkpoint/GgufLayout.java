package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        && !architecture.has(Trait.ROUTER_BIASES)) {
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
    boolean isReordered = architecture.has(Trait.ROTATED_NEIGHBOURS) && spec.isQueryOrKey();
    return isReordered ? new RotaryRows(ofModel).neighbours(spec) : IntUnaryOperator.identity();
  }

  /** The file's tensors, in the order in which the first part of each comes. */
  List<OutputTensor> inFile(List<ExportedWeight> weights) {
    Map<String, List<ExportedWeight>> parts = new LinkedHashMap<>();
    for (ExportedWeight weight : weights) {
      parts.computeIfAbsent(place(weight.spec()).name(), name -> new ArrayList<>()).add(weight);
    }
    return parts.values().stream().map(this::ofParts).toList();
  }

  /** One tensor, whose rows are those of its parts wherever they are placed. */
  private OutputTensor ofParts(List<ExportedWeight> parts) {
    ExportedWeight any = parts.getFirst();
    if (hasJoinedLatents && LatentUpProjection.has(any.spec())) {
      return ofLatents(parts);
    }
    TensorPlace whole = place(any.spec());
    int columns = OutputTensor.columns(any.spec());
    int rows = Math.toIntExact(whole.shape().stream().reduce(1L, Math::multiplyExact) / columns);
    int[] part = new int[rows];
    int[] rowOfPart = new int[rows];
    for (int number = 0; number < parts.size(); number++) {
      TensorSpec spec = parts.get(number).spec();
      TensorPlace place = place(spec);
      int height = Math.toIntExact(spec.shape().getFirst());
      int first = place.part() == TensorPlace.WHOLE ? 0 : place.part() * height;
      for (int row = 0; row < height; row++) {
        int inFile = first + place.row().applyAsInt(row);
        part[inFile] = number;
        rowOfPart[inFile] = row;
      }
    }
    return new OutputTensor(
        whole.name(),
        whole.shape(),
        columns,
        any.dtype(),
        new RowSource() {
          @Override
          public void read(int row, float[] target, int offset) {
            parts.get(part[row]).rows().read(rowOfPart[row], target, offset);
          }

          @Override
          public void encode(int row, int count, DType dtype, MemorySegment target, long offset) {
            parts.get(part[row]).rows().encode(rowOfPart[row], count, dtype, target, offset);
          }
        });
  }

  /** The projections of a latent to keys and to values. */
  private OutputTensor ofLatents(List<ExportedWeight> parts) {
    ExportedWeight keys = ofRole(parts, TensorRole.KEY_UP);
    ExportedWeight values = ofRole(parts, TensorRole.VALUE_UP);
    TensorPlace whole = place(values.spec());
    return new OutputTensor(
        whole.name(),
        whole.shape(),
        OutputTensor.columns(values.spec()),
        values.dtype(),
        LatentUpProjection.of(ofModel).joined(keys.rows(), values.rows()));
  }

  private static ExportedWeight ofRole(List<ExportedWeight> parts, TensorRole role) {
    return parts.stream().filter(part -> part.spec().role() == role).findFirst().orElseThrow();
  }
}
