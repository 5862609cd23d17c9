package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.operation.Operation;
import java.util.function.IntUnaryOperator;

/**
 * How Mistral's own files, {@code consolidated.safetensors}, name tensors and order their rows:
 * those of {@code mistral_inference/transformer_layers.py} and {@code moe.py} of mistral-inference.
 *
 * @param rows the order of queries and keys, whose rotary pairs are neighbours
 */
record MistralLayout(RotaryRows rows) implements TensorLayout {
  private static final String FEED_FORWARD = "feed_forward.";

  static MistralLayout of(Architecture architecture) {
    return new MistralLayout(new RotaryRows(architecture));
  }

  @Override
  public TensorPlace place(TensorSpec spec) {
    IntUnaryOperator row =
        spec.isQueryOrKey() ? rows.neighbours(spec) : IntUnaryOperator.identity();
    return new TensorPlace(name(spec), spec.shape(), row, false);
  }

  private static String name(TensorSpec spec) {
    String prefix = spec.layer() == Operation.NO_LAYER ? "" : "layers." + spec.layer() + ".";
    String name = prefix + name(spec.role()) + spec.suffix();
    return spec.owner() == Owner.EXPERT
        ? name.replace(FEED_FORWARD, FEED_FORWARD + "experts." + spec.expert() + ".")
        : name;
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
      case FEED_FORWARD_GATE -> FEED_FORWARD + "w1";
      case FEED_FORWARD_DOWN -> FEED_FORWARD + "w2";
      case FEED_FORWARD_UP -> FEED_FORWARD + "w3";
      case ROUTER -> FEED_FORWARD + "gate";
      case FINAL_NORM -> "norm";
      case OUTPUT_HEAD -> "output";
      default -> role.huggingFaceName();
    };
  }
}
