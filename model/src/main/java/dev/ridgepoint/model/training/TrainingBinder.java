package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.kernels.TrainedActivationKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.HeadLayout;
import dev.ridgepoint.engine.training.GatedActivationBackward;
import dev.ridgepoint.engine.training.HeadNormBackward;
import dev.ridgepoint.engine.training.KeptHeadNorm;
import dev.ridgepoint.engine.training.LinearBackward;
import dev.ridgepoint.engine.training.PackedLinear;
import dev.ridgepoint.engine.training.RmsNormBackward;
import dev.ridgepoint.engine.training.SequenceAttention;
import dev.ridgepoint.engine.training.SequenceAttentionBackward;
import dev.ridgepoint.engine.training.SequenceRope;
import dev.ridgepoint.engine.training.TokenEmbedding;
import dev.ridgepoint.engine.training.TokenEmbeddingBackward;
import dev.ridgepoint.engine.training.TrainedActivation;
import dev.ridgepoint.engine.training.TrainedRmsNorm;
import dev.ridgepoint.engine.training.TrainedVector;
import dev.ridgepoint.engine.training.TrainingOp;
import dev.ridgepoint.engine.training.TrainingWorkspace;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.Gather;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Normalize;
import dev.ridgepoint.estimator.operation.NormalizeHeads;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.Rotate;
import dev.ridgepoint.estimator.operation.Rows;
import dev.ridgepoint.model.RotaryFrequencies;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Binds the operations of a training step to weights and activations. Operations of the forward
 * pass are bound in their order, once each; then their gradients, which find what those have kept.
 */
final class TrainingBinder {
  private final TrainedWeights weights;
  private final TrainingWorkspace workspace;
  private final TrainingActivations activations;
  private final float epsilon;
  private final int length;

  /** The forward operations with what they read and keep. */
  private final Map<Operation, Bound> bound = new HashMap<>();

  /**
   * @param input what the gradients of its weights are computed with; in-place operations have what
   *     they work on
   * @param kept what else it leaves for its gradients
   */
  private record Bound(TrainingOp op, Activation input, Optional<Activation> kept) {
    Bound(TrainingOp op, Activation input) {
      this(op, input, Optional.empty());
    }
  }

  /**
   * @param length tokens of a sequence
   */
  TrainingBinder(
      TrainedWeights weights,
      TrainingWorkspace workspace,
      TrainingActivations activations,
      double normEpsilon,
      int length) {
    this.weights = weights;
    this.workspace = workspace;
    this.activations = activations;
    epsilon = (float) normEpsilon;
    this.length = length;
  }

  /** An operation of the forward pass; the same when it is repeated. */
  TrainingOp forward(Operation operation) {
    Bound known = bound.get(operation);
    if (known == null) {
      known = bind(operation);
      bound.put(operation, known);
    }
    return known.op;
  }

  private Bound bind(Operation operation) {
    return switch (operation) {
      case Gather gather -> {
        Activation to = activations.output(gather, gather.to(), gather.table().columns());
        yield new Bound(
            new TokenEmbedding(
                workspace, weights.matrix(gather, List.of(gather.table())).value(), to),
            to);
      }
      case Normalize normalize -> {
        Activation from = activations.current(normalize.from());
        Activation to = activations.output(normalize, normalize.to(), normalize.width());
        TrainedVector weight = weights.vector(normalize, normalize.weights());
        yield new Bound(new TrainedRmsNorm(workspace, from, weight, epsilon, to), from);
      }
      case Linear linear -> {
        Activation from = activations.current(linear.from());
        Optional<Activation> residual =
            linear.isResidual() ? Optional.of(activations.current(linear.to())) : Optional.empty();
        Activation to = activations.output(linear, linear.to(), linear.outputs());
        yield new Bound(
            new PackedLinear(
                workspace,
                from,
                weights.matrix(linear, linear.matrices()).value(),
                bias(linear),
                residual,
                to),
            from);
      }
      case NormalizeHeads heads -> {
        HeadLayout layout = layout(heads.attention());
        Activation qkv = activations.current(Buffer.QUERY_KEY_VALUE);
        Activation kept =
            activations.kept(
                heads, Buffer.QUERY_KEY_VALUE, layout.queryAndKeyHeads() * layout.headDim());
        yield new Bound(
            new KeptHeadNorm(
                workspace, qkv, layout, queryNorm(heads), keyNorm(heads), epsilon, kept),
            qkv,
            Optional.of(kept));
      }
      case Rotate rotate -> {
        Activation qkv = activations.current(Buffer.QUERY_KEY_VALUE);
        yield new Bound(rope(rotate, qkv, false), qkv);
      }
      case Attend attend -> {
        GroupedQueryAttention attention = attend.attention();
        Activation qkv = activations.current(Buffer.QUERY_KEY_VALUE);
        Activation to = activations.output(attend, Buffer.ATTENDED, attention.queryWidth());
        Activation sums = activations.kept(attend, Buffer.ATTENDED, attention.numAttentionHeads());
        yield new Bound(
            new SequenceAttention(
                workspace, qkv, layout(attention), (float) attention.scoreScale(), to, sums),
            to,
            Optional.of(sums));
      }
      case Activate activate -> {
        Activation from = activations.current(Buffer.FEED_FORWARD);
        Activation to =
            activations.output(
                activate, Buffer.ACTIVATED, activate.feedForward().intermediateSize());
        yield new Bound(new TrainedActivation(workspace, kernel(activate), from, to), from);
      }
      default -> throw unknown(operation);
    };
  }

  /** The gradients of an operation that is bound. */
  TrainingOp backward(Operation operation) {
    Bound forward = bound.get(operation);
    return switch (operation) {
      case Gather gather ->
          new TokenEmbeddingBackward(
              workspace,
              weights.matrix(gather, List.of(gather.table())),
              activations.gradient(gather.to(), gather.table().columns()));
      case Normalize normalize ->
          new RmsNormBackward(
              workspace,
              forward.input,
              weights.vector(normalize, normalize.weights()),
              epsilon,
              activations.gradient(normalize.to(), normalize.width()),
              normalize.rows() == Rows.TOKENS,
              activations.gradient(normalize.from(), normalize.width()));
      case Linear linear ->
          new LinearBackward(
              workspace,
              forward.input,
              weights.matrix(linear, linear.matrices()),
              bias(linear),
              activations.gradient(linear.to(), linear.outputs()),
              activations.gradient(linear.from(), linear.inputs()));
      case NormalizeHeads heads ->
          new HeadNormBackward(
              workspace,
              forward.kept.orElseThrow(),
              layout(heads.attention()),
              queryNorm(heads),
              keyNorm(heads),
              epsilon,
              qkvGradient(heads.attention()));
      case Rotate rotate ->
          rope(rotate, qkvGradient((GroupedQueryAttention) rotate.attention()), true);
      case Attend attend -> {
        GroupedQueryAttention attention = attend.attention();
        yield new SequenceAttentionBackward(
            workspace,
            activations.ofLayer(attend, Buffer.QUERY_KEY_VALUE),
            layout(attention),
            (float) attention.scoreScale(),
            forward.input,
            forward.kept.orElseThrow(),
            activations.gradient(Buffer.ATTENDED, attention.queryWidth()),
            qkvGradient(attention));
      }
      case Activate activate ->
          new GatedActivationBackward(
              workspace,
              kernel(activate),
              forward.input,
              activations.gradient(Buffer.ACTIVATED, activate.feedForward().intermediateSize()),
              activations.gradient(
                  Buffer.FEED_FORWARD, activate.feedForward().inputProjectionWidth()));
      default -> throw unknown(operation);
    };
  }

  private Optional<TrainedVector> bias(Linear linear) {
    return linear.biases().isEmpty()
        ? Optional.empty()
        : Optional.of(weights.vector(linear, linear.biases()));
  }

  private TrainedVector queryNorm(NormalizeHeads heads) {
    return weights.vector(heads, List.of(heads.weights().getFirst()));
  }

  private TrainedVector keyNorm(NormalizeHeads heads) {
    return weights.vector(heads, List.of(heads.weights().getLast()));
  }

  private TrainingOp rope(Rotate rotate, Activation qkv, boolean isBackward) {
    GroupedQueryAttention attention = (GroupedQueryAttention) rotate.attention();
    return new SequenceRope(
        workspace,
        qkv,
        layout(attention),
        RotaryFrequencies.tables(attention.rope()).table(length),
        isBackward);
  }

  private Activation qkvGradient(GroupedQueryAttention attention) {
    return activations.gradient(Buffer.QUERY_KEY_VALUE, layout(attention).width());
  }

  private static HeadLayout layout(GroupedQueryAttention attention) {
    return new HeadLayout(
        attention.numAttentionHeads(), attention.numKeyValueHeads(), attention.headDim());
  }

  private static TrainedActivationKernel kernel(Activate activate) {
    return switch (activate.feedForward().activation()) {
      case SILU -> TrainedActivationKernel.SWIGLU;
      case GELU_TANH -> TrainedActivationKernel.GEGLU_TANH;
      default -> throw unknown(activate);
    };
  }

  private static IllegalArgumentException unknown(Operation operation) {
    return new IllegalArgumentException("the engine does not train " + operation);
  }
}
