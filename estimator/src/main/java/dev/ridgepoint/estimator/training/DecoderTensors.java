package dev.ridgepoint.estimator.training;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.OutputTerms;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TensorAxis;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;
import java.util.Optional;

/** Which architectures' training is known to the last activation, and their tensors' splits. */
final class DecoderTensors {
  private final String name;
  private final Architecture architecture;
  private final Stack stack;
  private final Layer layer;
  private final GroupedQueryAttention attention;
  private final DenseFeedForward feedForward;

  /**
   * @throws UnknownActivationsException if the layers are not all dense ones of grouped-query
   *     attention
   */
  private DecoderTensors(String name, Architecture architecture) {
    this.name = name;
    this.architecture = architecture;
    if (architecture.encoder().isPresent()) {
      throw unknown("they encode");
    }
    stack = architecture.decoder().orElseThrow();
    layer = stack.layers().getFirst();
    if (!layer.isOfAttentionAlone()) {
      throw unknown("they mix tokens by more than attention");
    }
    if (!(layer.attention() instanceof GroupedQueryAttention grouped)) {
      throw unknown("their attention is latent");
    }
    if (!(layer.feedForward() instanceof DenseFeedForward dense)) {
      throw unknown("they hold experts");
    }
    attention = grouped;
    feedForward = dense;
    if (!grouped.outputTerms().equals(OutputTerms.NONE)
        || dense.innerNorm().isPresent()
        || !layer.additions().isEmpty()
        || dense.activation().parameters() > 0) {
      throw unknown("they gate or normalise inside their parts");
    }
    boolean areAlike =
        stack.layers().stream()
                .map(each -> each.weights(architecture.hiddenSize()))
                .distinct()
                .count()
            == 1;
    if (!areAlike) {
      throw unknown("they differ from each other");
    }
  }

  static TrainingModel model(String name, Architecture architecture) {
    return new DecoderTensors(name, architecture).model();
  }

  private TrainingModel model() {
    int hidden = architecture.hiddenSize();
    List<WeightTensor> all = architecture.weights();
    return new TrainingModel(
        name,
        block(),
        stack.layers().size(),
        hidden,
        attention.numAttentionHeads(),
        attention.numKeyValueHeads(),
        attention.headDim(),
        feedForward.intermediateSize(),
        architecture.embedding().vocabSize(),
        architecture.isTied(),
        attention.queryKeyNorm().norm().isPresent(),
        tensors(all.stream().filter(DecoderTensors::isBeforeLayers).toList()),
        tensors(layer.weights(hidden)),
        tensors(
            all.stream()
                .filter(
                    tensor ->
                        tensor.component() == Component.HEAD
                            || tensor.role() == TensorRole.FINAL_NORM)
                .toList()));
  }

  private TrainingModel.Block block() {
    QueryKeyNorm queryKeyNorm = attention.queryKeyNorm();
    boolean normalisesPerHead =
        queryKeyNorm.norm() == Norm.NONE || queryKeyNorm.scope() != QueryKeyNorm.Scope.WHOLE;
    if (layer.norms().equals(LayerNorms.before(Norm.RMS))
        && feedForward.isGated()
        && normalisesPerHead) {
      return TrainingModel.Block.LLAMA;
    }
    // In parallel parts both norms keep one input, which is counted for each: an upper bound.
    boolean hasTwoNorms =
        layer.norms().equals(LayerNorms.before(Norm.LAYER))
            || layer.norms().equals(LayerNorms.parallel(Norm.LAYER));
    if (hasTwoNorms && !feedForward.isGated() && queryKeyNorm.norm() == Norm.NONE) {
      return TrainingModel.Block.GPT;
    }
    throw unknown("their norms and feed-forwards are neither Llama's nor GPT's");
  }

  private UnknownActivationsException unknown(String reason) {
    return new UnknownActivationsException(name, reason);
  }

  private static boolean isBeforeLayers(WeightTensor tensor) {
    return tensor.component() == Component.EMBEDDING
        || tensor.component() == Component.POSITIONS
        || tensor.role() == TensorRole.EMBEDDING_NORM;
  }

  private List<ParameterTensor> tensors(List<WeightTensor> weights) {
    return weights.stream().map(this::tensor).toList();
  }

  /** Splits as Shoeybi et al. 2019, arXiv:1909.08053, section 3: heads and inner widths are cut. */
  private ParameterTensor tensor(WeightTensor weight) {
    Optional<Long> outputs = units(weight.role().outputs());
    Optional<Long> inputs = units(weight.role().inputs());
    if (!weight.isMatrix()) {
      return outputs
          .map(count -> ParameterTensor.splitRows(weight.name(), weight.columns(), 1, count))
          .orElseGet(() -> ParameterTensor.replicated(weight.name(), weight.columns()));
    }
    if (outputs.isPresent()) {
      return ParameterTensor.splitRows(
          weight.name(), weight.rows(), weight.columns(), outputs.get());
    }
    if (inputs.isPresent()) {
      return ParameterTensor.splitColumns(
          weight.name(), weight.rows(), weight.columns(), inputs.get());
    }
    return new ParameterTensor(
        weight.name(), weight.rows(), weight.columns(), ParameterTensor.Split.NONE, 1, 1);
  }

  /** The indivisible pieces of an axis that ranks share. */
  private Optional<Long> units(TensorAxis axis) {
    return switch (axis) {
      case QUERY_HEADS -> Optional.of((long) attention.numAttentionHeads());
      case KEY_VALUE_HEADS -> Optional.of((long) attention.numKeyValueHeads());
      case INTERMEDIATE -> Optional.of((long) feedForward.intermediateSize());
      case VOCABULARY -> Optional.of((long) architecture.embedding().vocabSize());
      default -> Optional.empty();
    };
  }
}
