package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.UniformDecoder;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.operation.Operation;

/**
 * How Mistral's own files, {@code consolidated.safetensors}, name tensors and order their rows:
 * those of {@code mistral_inference/transformer_layers.py} of mistral-inference.
 *
 * @param rows the order of queries and keys
 */
record MistralLayout(NeighbourRows rows) implements TensorLayout {
  static MistralLayout of(Architecture architecture) {
    int headDim = UniformDecoder.of(architecture).orElseThrow().attention().headDim();
    return new MistralLayout(new NeighbourRows(headDim));
  }

  @Override
  public String name(TensorSpec spec) {
    String prefix = spec.layer() == Operation.NO_LAYER ? "" : "layers." + spec.layer() + ".";
    return prefix + name(spec.role()) + (spec.part() == Part.WEIGHT ? ".weight" : ".bias");
  }

  /** Of other roles, which Mistral's files do not have, Hugging Face's name. */
  private static String name(TensorRole role) {
    return switch (role) {
      case TOKEN_EMBEDDING -> "tok_embeddings";
      case ATTENTION_NORM -> "attention_norm";
      case QUERY -> "attention.wq";
      case KEY -> "attention.wk";
      case VALUE -> "attention.wv";
      case ATTENTION_OUTPUT -> "attention.wo";
      case FEED_FORWARD_NORM -> "ffn_norm";
      case FEED_FORWARD_GATE -> "feed_forward.w1";
      case FEED_FORWARD_DOWN -> "feed_forward.w2";
      case FEED_FORWARD_UP -> "feed_forward.w3";
      case FINAL_NORM -> "norm";
      case OUTPUT_HEAD -> "output";
      default -> role.huggingFaceName();
    };
  }

  @Override
  public Tensor arranged(TensorSpec spec, Tensor inFile) {
    return rows.arranged(spec, inFile);
  }
}
