package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.operation.Operation;
import java.util.function.IntUnaryOperator;

/**
 * How Mistral's own files, {@code consolidated.safetensors}, name tensors and order their rows:
 * those of {@code mistral_inference/transformer_layers.py} of mistral-inference.
 *
 * @param rows the order of queries and keys, whose rotary pairs are neighbours
 */
record MistralLayout(JoinedRows rows) implements TensorLayout {
  static MistralLayout of(Architecture architecture) {
    return new MistralLayout(new JoinedRows(architecture));
  }

  @Override
  public TensorPlace place(TensorSpec spec) {
    IntUnaryOperator row = spec.isQueryOrKey() ? rows.neighbours() : IntUnaryOperator.identity();
    return new TensorPlace(name(spec), spec.shape(), row, false);
  }

  private static String name(TensorSpec spec) {
    String prefix = spec.layer() == Operation.NO_LAYER ? "" : "layers." + spec.layer() + ".";
    return prefix + name(spec.role()) + spec.suffix();
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
}
