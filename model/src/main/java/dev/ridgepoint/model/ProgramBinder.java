package dev.ridgepoint.model;

import dev.ridgepoint.engine.kernels.ActivationKernel;
import dev.ridgepoint.engine.kernels.ElementwiseKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.Activations;
import dev.ridgepoint.engine.ops.AddGated;
import dev.ridgepoint.engine.ops.AddPositions;
import dev.ridgepoint.engine.ops.Attention;
import dev.ridgepoint.engine.ops.ElementwiseActivation;
import dev.ridgepoint.engine.ops.Embed;
import dev.ridgepoint.engine.ops.ExpertWeights;
import dev.ridgepoint.engine.ops.GatedActivation;
import dev.ridgepoint.engine.ops.HeadLayout;
import dev.ridgepoint.engine.ops.HeadNorm;
import dev.ridgepoint.engine.ops.LayerNorm;
import dev.ridgepoint.engine.ops.LinearIntoExperts;
import dev.ridgepoint.engine.ops.LinearOutOfExperts;
import dev.ridgepoint.engine.ops.Op;
import dev.ridgepoint.engine.ops.RmsNorm;
import dev.ridgepoint.engine.ops.RotaryTables;
import dev.ridgepoint.engine.ops.Router;
import dev.ridgepoint.engine.ops.RoutingRule;
import dev.ridgepoint.engine.ops.Workspace;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.estimator.operation.AbsorbLatents;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.AlternateStreams;
import dev.ridgepoint.estimator.operation.AppendKeyValues;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.ChoosePositions;
import dev.ridgepoint.estimator.operation.Clip;
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
import java.util.Optional;

/**
 * Binds each operation of a list to the weights that it reads and the activations that it leads
 * between: the one place where the estimator's words become the engine's.
 *
 * <p>Factors of a family need no operation. That of residuals divides the stream to which they are
 * added, from the embedding on: norms, which are all that read the stream, give the same of it with
 * their epsilon divided by the factor's square. That of the logits is in the last norm's weights.
 */
final class ProgramBinder {
  private final Weights weights;
  private final Workspace workspace;
  private final Activations tokenRows;
  private final Activations logitRows;
  private final Optional<ExpertActivations> experts;
  private final Numerics numerics;
  private final float epsilon;
  private final float streamEpsilon;
  private final Map<Place, Activation> activations = new HashMap<>();
  private final Map<Rope, RotaryTables> rotaryTables = new HashMap<>();

  /** Layers share activations that are as wide and have as many rows. */
  private record Place(Buffer buffer, long width, Activations memory) {}

  /**
   * @param tokenRows memory of what has a row per new token
   * @param logitRows memory of what has a row per wanted row of logits
   * @param experts what lies between experts' projections, if there are any
   */
  ProgramBinder(
      Weights weights,
      Workspace workspace,
      Activations tokenRows,
      Activations logitRows,
      Optional<ExpertActivations> experts) {
    this.weights = weights;
    this.workspace = workspace;
    this.tokenRows = tokenRows;
    this.logitRows = logitRows;
    this.experts = experts;
    numerics = weights.architecture().numerics();
    epsilon = (float) numerics.normEpsilon();
    streamEpsilon =
        (float) (numerics.normEpsilon() / (numerics.residualScale() * numerics.residualScale()));
  }

  /** An operation that {@link EngineSupport} does not refuse. */
  Op bind(Operation operation) {
    return switch (operation) {
      case Gather gather -> gather(gather);
      case Normalize normalize -> normalize(normalize);
      case Linear linear ->
          new dev.ridgepoint.engine.ops.Linear(
              workspace,
              input(linear),
              weights.matrix(linear),
              weights.joined(linear, linear.biases()),
              linear.isResidual(),
              activation(linear.to(), linear.outputs(), linear.rows()));
      case Clip clip ->
          new dev.ridgepoint.engine.ops.Clip(
              workspace,
              (float) clip.bound(),
              activation(clip.buffer(), clip.width(), Rows.TOKENS));
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
            rotaryTables.computeIfAbsent(attention.rope(), RotaryFrequencies::tables));
      }
      case AppendKeyValues append -> {
        GroupedQueryAttention attention = (GroupedQueryAttention) append.attention();
        yield new dev.ridgepoint.engine.ops.AppendKeyValues(
            workspace, queryKeyValue(attention), layout(attention), append.layer());
      }
      case Attend attend -> attend(attend);
      case Activate activate -> activate(activate.feedForward(), memory(activate.rowsPerToken()));
      case SoftCap cap ->
          new dev.ridgepoint.engine.ops.SoftCap(workspace, (float) cap.cap(), logits());
      case Route route -> router(route);
      case ExpertLinear linear -> experts(linear);
      case ScaleBySharedGate gate ->
          new AddGated(
              workspace,
              activation(gate.from(), gate.gate().columns(), Rows.TOKENS),
              weights.matrix(gate).getFirst(),
              activation(Buffer.EXPERT_SCORES, 1, Rows.TOKENS),
              activation(Buffer.SHARED_EXPERT, gate.gate().columns(), Rows.TOKENS),
              activation(gate.to(), gate.gate().columns(), Rows.TOKENS));
      case ReadTable _,
          Pool _,
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

  /** What a linear layer multiplies. */
  Activation input(Linear linear) {
    return activation(linear.from(), linear.inputs(), linear.rows());
  }

  /** The logits of the last step that a bound operation has computed. */
  Activation logits() {
    return activation(Buffer.LOGITS, weights.architecture().embedding().vocabSize(), Rows.LOGITS);
  }

  private Op gather(Gather gather) {
    Activation to = activation(gather.to(), gather.table().columns(), Rows.TOKENS);
    double streamScale = 1 / numerics.residualScale();
    return gather.isAdded()
        ? new AddPositions(workspace, weights.matrix(gather).getFirst(), (float) streamScale, to)
        : new Embed(
            workspace,
            weights.matrix(gather).getFirst(),
            (float) (streamScale * numerics.embeddingScale()),
            to);
  }

  private Op normalize(Normalize normalize) {
    Activation from = activation(normalize.from(), normalize.width(), Rows.TOKENS);
    Activation to = activation(normalize.to(), normalize.width(), normalize.rows());
    if (normalize.rows() == Rows.TOKENS) {
      return norm(normalize, from, to);
    }
    // Only rows whose logits are wanted go on after the last layer.
    Op norm = norm(normalize, to, to);
    return (step, meter) -> {
      step.gatherLogitRows(from, to);
      norm.run(step, meter);
    };
  }

  private Op norm(Normalize normalize, Activation from, Activation to) {
    float added = normalize.from() == Buffer.RESIDUAL ? streamEpsilon : epsilon;
    return switch (normalize.norm()) {
      case RMS ->
          new RmsNorm(
              workspace, from, normWeights(normalize, 0), added, normalize.isResidual(), to);
      case LAYER ->
          new LayerNorm(
              workspace,
              from,
              Optional.of(
                  new LayerNorm.Affine(normWeights(normalize, 0), normWeights(normalize, 1))),
              added,
              to);
      case LAYER_NON_PARAMETRIC -> new LayerNorm(workspace, from, Optional.empty(), added, to);
      default -> throw new IllegalArgumentException("the engine does not run " + normalize.norm());
    };
  }

  /** Weights or biases; those of the last norm carry the factor of the logits. */
  private float[] normWeights(Normalize normalize, int part) {
    float[] vector = weights.vector(normalize, normalize.weights().get(part)).clone();
    if (normalize.rows() == Rows.LOGITS) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] *= (float) numerics.logitScale();
      }
    }
    return vector;
  }

  private Op activate(DenseFeedForward feedForward, Activations memory) {
    Activation from = activation(Buffer.FEED_FORWARD, feedForward.inputProjectionWidth(), memory);
    Activation to = activation(Buffer.ACTIVATED, feedForward.intermediateSize(), memory);
    return feedForward.isGated()
        ? new GatedActivation(workspace, gatedKernel(feedForward), from, to)
        : new ElementwiseActivation(workspace, elementwiseKernel(feedForward), from, to);
  }

  private static ActivationKernel gatedKernel(DenseFeedForward feedForward) {
    return switch (feedForward.activation()) {
      case SILU -> ActivationKernel.SWIGLU;
      case GELU_TANH -> ActivationKernel.GEGLU_TANH;
      case CLAMPED_QUICK_GELU -> ActivationKernel.CLAMPED_SWIGLU;
      default -> throw unknown(feedForward);
    };
  }

  private Op router(Route route) {
    MixtureOfExperts mixture = route.experts();
    float[] bias = weights.joined(route, route.biases());
    boolean correctsChoice = mixture.routing().bias() == Routing.Bias.CHOICE;
    return new Router(
        workspace,
        activation(route.from(), route.hidden(), Rows.TOKENS),
        weights.matrix(route).getFirst(),
        correctsChoice ? null : bias,
        correctsChoice ? bias : null,
        rule(mixture.routing()),
        activation(Buffer.EXPERT_SCORES, mixture.numExperts(), Rows.TOKENS),
        experts.orElseThrow().choice());
  }

  private static RoutingRule rule(Routing routing) {
    return new RoutingRule(
        routing.scoring() == Routing.Scoring.SIGMOID,
        routing.isNormalized(),
        routing.groups(),
        routing.groupsPerToken(),
        routing.expertsPerGroupScore(),
        (float) routing.scale());
  }

  private Op experts(ExpertLinear linear) {
    ExpertActivations between = experts.orElseThrow();
    ExpertWeights all = weights.experts(linear);
    Activations memory = memory(linear.experts().numExpertsPerToken());
    // The rows of the tokens, gathered, and what is added up to rows of tokens: never both at once.
    Activation rows =
        activation(
            Buffer.EXPERT_ROWS, linear.isInput() ? linear.inputs() : linear.outputs(), memory);
    return linear.isInput()
        ? new LinearIntoExperts(
            workspace,
            activation(linear.from(), linear.inputs(), Rows.TOKENS),
            all,
            between.choice(),
            rows,
            activation(linear.to(), linear.outputs(), memory))
        : new LinearOutOfExperts(
            workspace,
            activation(linear.from(), linear.inputs(), memory),
            all,
            between.choice(),
            rows,
            linear.isResidual(),
            activation(linear.to(), linear.outputs(), Rows.TOKENS));
  }

  private static ElementwiseKernel elementwiseKernel(DenseFeedForward feedForward) {
    return switch (feedForward.activation()) {
      case GELU -> ElementwiseKernel.GELU;
      case GELU_TANH -> ElementwiseKernel.GELU_TANH;
      default -> throw unknown(feedForward);
    };
  }

  private static IllegalArgumentException unknown(DenseFeedForward feedForward) {
    return new IllegalArgumentException("the engine does not run " + feedForward.activation());
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
        weights.joined(attend, attend.weights()),
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
    return activation(buffer, width, rows == Rows.LOGITS ? logitRows : tokenRows);
  }

  private Activation activation(Buffer buffer, long width, Activations memory) {
    return activations.computeIfAbsent(
        new Place(buffer, width, memory), place -> memory.add(Math.toIntExact(width)));
  }

  /** Memory of what has as many rows per token. */
  private Activations memory(long rowsPerToken) {
    return rowsPerToken == 1 ? tokenRows : experts.orElseThrow().memory();
  }
}
