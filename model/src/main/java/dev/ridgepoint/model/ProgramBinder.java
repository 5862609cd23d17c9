package dev.ridgepoint.model;

import dev.ridgepoint.engine.kernels.ActivationKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.Activations;
import dev.ridgepoint.engine.ops.Attention;
import dev.ridgepoint.engine.ops.Embed;
import dev.ridgepoint.engine.ops.GatedActivation;
import dev.ridgepoint.engine.ops.HeadLayout;
import dev.ridgepoint.engine.ops.HeadNorm;
import dev.ridgepoint.engine.ops.Op;
import dev.ridgepoint.engine.ops.RmsNorm;
import dev.ridgepoint.engine.ops.RotaryTable;
import dev.ridgepoint.engine.ops.Workspace;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.operation.AbsorbLatents;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.AlternateStreams;
import dev.ridgepoint.estimator.operation.AppendKeyValues;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.ChoosePositions;
import dev.ridgepoint.estimator.operation.Convolve;
import dev.ridgepoint.estimator.operation.ExpandLatents;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.Gate;
import dev.ridgepoint.estimator.operation.Gather;
import dev.ridgepoint.estimator.operation.JoinPerLayer;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Normalize;
import dev.ridgepoint.estimator.operation.NormalizeHeads;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.Pool;
import dev.ridgepoint.estimator.operation.ReadTable;
import dev.ridgepoint.estimator.operation.Rotate;
import dev.ridgepoint.estimator.operation.Route;
import dev.ridgepoint.estimator.operation.Rows;
import dev.ridgepoint.estimator.operation.ScaleBySharedGate;
import dev.ridgepoint.estimator.operation.ScaleRows;
import dev.ridgepoint.estimator.operation.ScanDeltaRule;
import dev.ridgepoint.estimator.operation.ScanLinearAttention;
import dev.ridgepoint.estimator.operation.ScanStateSpace;
import dev.ridgepoint.estimator.operation.SoftCap;
import java.util.HashMap;
import java.util.Map;

/**
 * Binds each operation of a list to the weights that it reads and the activations that it leads
 * between: the one place where the estimator's words become the engine's.
 */
final class ProgramBinder {
  private final Weights weights;
  private final Workspace workspace;
  private final Activations tokenRows;
  private final Activations logitRows;
  private final Numerics numerics;
  private final float epsilon;
  private final Map<Place, Activation> activations = new HashMap<>();
  private final Map<Rope, RotaryTable> rotaryTables = new HashMap<>();

  /** Layers share activations that are as wide. */
  private record Place(Buffer buffer, long width) {}

  /**
   * @param tokenRows memory of what has a row per new token
   * @param logitRows memory of what has a row per wanted row of logits
   */
  ProgramBinder(
      Weights weights, Workspace workspace, Activations tokenRows, Activations logitRows) {
    this.weights = weights;
    this.workspace = workspace;
    this.tokenRows = tokenRows;
    this.logitRows = logitRows;
    numerics = weights.architecture().numerics();
    epsilon = (float) numerics.normEpsilon();
  }

  /** An operation that {@link EngineSupport} does not refuse. */
  Op bind(Operation operation) {
    return switch (operation) {
      case Gather gather ->
          new Embed(
              workspace,
              weights.matrix(gather).getFirst(),
              (float) numerics.embeddingScale(),
              activation(gather.to(), gather.table().columns(), Rows.TOKENS));
      case Normalize normalize -> normalize(normalize);
      case Linear linear ->
          new dev.ridgepoint.engine.ops.Linear(
              workspace,
              activation(linear.from(), linear.inputs(), linear.rows()),
              weights.matrix(linear),
              weights.joined(linear, linear.biases()),
              linear.isResidual(),
              activation(linear.to(), linear.outputs(), linear.rows()));
      case NormalizeHeads heads ->
          new HeadNorm(
              workspace,
              queryKeyValue(heads.attention()),
              layout(heads.attention()),
              weights.vector(heads, heads.weights().getFirst()),
              weights.vector(heads, heads.weights().getLast()),
              epsilon);
      case Rotate rotate -> {
        GroupedQueryAttention attention = (GroupedQueryAttention) rotate.attention();
        yield new dev.ridgepoint.engine.ops.Rope(
            workspace,
            queryKeyValue(attention),
            layout(attention),
            rotaryTables.computeIfAbsent(
                attention.rope(), rope -> new RotaryTable(RotaryFrequencies.of(rope))));
      }
      case AppendKeyValues append -> {
        GroupedQueryAttention attention = (GroupedQueryAttention) append.attention();
        yield new dev.ridgepoint.engine.ops.AppendKeyValues(
            workspace, queryKeyValue(attention), layout(attention), append.layer());
      }
      case Attend attend -> attend(attend);
      case Activate activate -> {
        DenseFeedForward feedForward = activate.feedForward();
        yield new GatedActivation(
            workspace,
            activationKernel(feedForward),
            activation(Buffer.FEED_FORWARD, feedForward.inputProjectionWidth(), Rows.TOKENS),
            activation(Buffer.ACTIVATED, feedForward.intermediateSize(), Rows.TOKENS));
      }
      case SoftCap cap ->
          new dev.ridgepoint.engine.ops.SoftCap(workspace, (float) cap.cap(), logits());
      case ReadTable _,
          Pool _,
          Route _,
          ExpertLinear _,
          ScaleBySharedGate _,
          AbsorbLatents _,
          AttendExpandedLatents _,
          AttendLatents _,
          ExpandLatents _,
          ChoosePositions _,
          Convolve _,
          Gate _,
          ScanDeltaRule _,
          ScanLinearAttention _,
          ScanStateSpace _,
          AlternateStreams _,
          JoinPerLayer _,
          ScaleRows _ ->
          throw new IllegalArgumentException("the engine does not run " + operation.name());
    };
  }

  /** The logits of the last step that a bound operation has computed. */
  Activation logits() {
    return activation(Buffer.LOGITS, weights.architecture().embedding().vocabSize(), Rows.LOGITS);
  }

  private Op normalize(Normalize normalize) {
    float[] weight = weights.vector(normalize, normalize.weights().getFirst());
    Activation from = activation(normalize.from(), normalize.width(), Rows.TOKENS);
    Activation to = activation(normalize.to(), normalize.width(), normalize.rows());
    if (normalize.rows() == Rows.TOKENS) {
      return new RmsNorm(workspace, from, weight, epsilon, normalize.isResidual(), to);
    }
    // Only rows whose logits are wanted go on after the last layer.
    Op norm = new RmsNorm(workspace, to, weight, epsilon, false, to);
    return (step, meter) -> {
      step.gatherLogitRows(from, to);
      norm.run(step, meter);
    };
  }

  private static ActivationKernel activationKernel(DenseFeedForward feedForward) {
    return switch (feedForward.activation()) {
      case SILU -> ActivationKernel.SWIGLU;
      case GELU_TANH -> ActivationKernel.GEGLU_TANH;
      default ->
          throw new IllegalArgumentException("the engine does not run " + feedForward.activation());
    };
  }

  private Op attend(Attend attend) {
    GroupedQueryAttention attention = attend.attention();
    int window =
        attention.span() instanceof AttentionSpan.Sliding(int positions)
            ? positions
            : Integer.MAX_VALUE;
    return new Attention(
        workspace,
        queryKeyValue(attention),
        layout(attention),
        attend.layer(),
        (float) attention.scoreScale(),
        (float) attention.scoreTerms().softCap(),
        window,
        activation(Buffer.ATTENDED, attention.queryWidth(), Rows.TOKENS));
  }

  private Activation queryKeyValue(GroupedQueryAttention attention) {
    return activation(Buffer.QUERY_KEY_VALUE, layout(attention).width(), Rows.TOKENS);
  }

  private static HeadLayout layout(GroupedQueryAttention attention) {
    return new HeadLayout(
        attention.numAttentionHeads(), attention.numKeyValueHeads(), attention.headDim());
  }

  private Activation activation(Buffer buffer, long width, Rows rows) {
    return activations.computeIfAbsent(
        new Place(buffer, width),
        place -> {
          Activations memory = rows == Rows.LOGITS ? logitRows : tokenRows;
          return memory.add(Math.toIntExact(width));
        });
  }
}
