package dev.ridgepoint.model.checkpoint;

import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_GATE;

import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** How the Hugging Face checkpoints of a family store the weights of routed experts. */
enum HuggingFaceExperts {
  /** Each expert's by itself, under Llama's names. */
  ALONE("mlp.experts.%d.gate_proj", "mlp.experts.%d.up_proj", "mlp.experts.%d.down_proj"),
  /** Each expert's by itself. */
  MIXTRAL(
      "block_sparse_moe.experts.%d.w1",
      "block_sparse_moe.experts.%d.w3", "block_sparse_moe.experts.%d.w2"),
  /** [experts, outputs, inputs]; into an expert the gate's rows, then those it multiplies. */
  GRANITE(
      "block_sparse_moe.input_linear",
      "block_sparse_moe.input_linear",
      "block_sparse_moe.output_linear"),
  /** [experts, inputs, outputs]; into an expert a gate's column, and the one that it multiplies. */
  GPT_OSS("mlp.experts.gate_up_proj", "mlp.experts.gate_up_proj", "mlp.experts.down_proj");

  private final String gate;
  private final String up;
  private final String down;

  HuggingFaceExperts(String gate, String up, String down) {
    this.gate = gate;
    this.up = up;
    this.down = down;
  }

  /** The name of the tensor that holds an expert's, without what stands before it in a layer. */
  String name(TensorSpec spec) {
    String name = name(spec.role()).replace("%d", Integer.toString(spec.expert()));
    return this == GPT_OSS
        ? name + (spec.part() == Part.BIAS ? "_bias" : "")
        : name + spec.suffix();
  }

  private String name(TensorRole role) {
    return switch (role) {
      case FEED_FORWARD_GATE -> gate;
      case FEED_FORWARD_UP -> up;
      case FEED_FORWARD_DOWN -> down;
      default -> throw new IllegalArgumentException("experts have no " + role);
    };
  }

  /**
   * Where a file has an expert's tensor.
   *
   * @param name of the file's tensor
   * @param experts of the layer
   */
  TensorPlace place(TensorSpec spec, String name, long experts) {
    IntUnaryOperator row = IntUnaryOperator.identity();
    List<Long> shape = new ArrayList<>(spec.shape());
    boolean isStacked = this == GRANITE || this == GPT_OSS;
    if (isStacked && spec.role() != FEED_FORWARD_DOWN) {
      row = rowOfJoined(spec);
      shape.set(0, 2 * shape.getFirst());
    }
    boolean isTransposed = this == GPT_OSS && spec.isMatrix();
    TensorPlace place =
        new TensorPlace(name, isTransposed ? shape.reversed() : shape, row, isTransposed);
    return isStacked ? place.stacked(experts, spec.expert()) : place;
  }

  private IntUnaryOperator rowOfJoined(TensorSpec spec) {
    boolean isGate = spec.role() == FEED_FORWARD_GATE;
    if (this == GPT_OSS) {
      return row -> 2 * row + (isGate ? 0 : 1);
    }
    int first = isGate ? 0 : Math.toIntExact(spec.shape().getFirst());
    return row -> first + row;
  }
}
