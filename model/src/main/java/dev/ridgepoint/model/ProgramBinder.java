package dev.ridgepoint.model;

import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.AddPositions;
import dev.ridgepoint.engine.ops.Embed;
import dev.ridgepoint.engine.ops.LayerNorm;
import dev.ridgepoint.engine.ops.Op;
import dev.ridgepoint.engine.ops.RmsNorm;
import dev.ridgepoint.engine.ops.Workspace;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Numerics;
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
  private final StepActivations activations;
  private final AttentionBinder attention;
  private final FeedForwardBinder feedForward;
  private final Numerics numerics;
  private final float epsilon;
  private final float streamEpsilon;

  ProgramBinder(Weights weights, Workspace workspace, StepActivations activations) {
    this.weights = weights;
    this.workspace = workspace;
    this.activations = activations;
    attention = new AttentionBinder(weights, workspace, activations);
    feedForward = new FeedForwardBinder(weights, workspace, activations);
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
              activations.of(linear.from(), linear.inputs(), linear.rows()),
              weights.matrix(linear),
              weights.joined(linear, linear.biases()),
              linear.isResidual(),
              activations.of(linear.to(), linear.outputs(), linear.rows()));
      case Clip clip ->
          new dev.ridgepoint.engine.ops.Clip(
              workspace, (float) clip.bound(), activations.of(clip.buffer(), clip.width()));
      case SoftCap cap ->
          new dev.ridgepoint.engine.ops.SoftCap(workspace, (float) cap.cap(), logits());
      case NormalizeHeads heads -> attention.normalize(heads);
      case Rotate rotate -> attention.rotate(rotate);
      case AppendKeyValues append -> attention.append(append);
      case Attend attend -> attention.attend(attend);
      case AbsorbLatents absorb -> attention.absorb(absorb);
      case AttendLatents attend -> attention.attend(attend);
      case Activate activate -> feedForward.activate(activate);
      case Route route -> feedForward.router(route);
      case ExpertLinear linear -> feedForward.experts(linear);
      case ScaleBySharedGate gate -> feedForward.sharedGate(gate);
      case ReadTable _,
          Pool _,
          AttendExpandedLatents _,
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
    return activations.of(
        Buffer.LOGITS, weights.architecture().embedding().vocabSize(), Rows.LOGITS);
  }

  private Op gather(Gather gather) {
    Activation to = activations.of(gather.to(), gather.table().columns());
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
    if (normalize.from() == Buffer.KEY_VALUE_LATENT) {
      // The rotary key stands behind the latent.
      Activation latent = activations.of(normalize.from(), latentWidth(normalize));
      return RmsNorm.ofFirst(workspace, latent, normWeights(normalize, 0), epsilon);
    }
    Activation from = activations.of(normalize.from(), normalize.width());
    Activation to = activations.of(normalize.to(), normalize.width(), normalize.rows());
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

  private long latentWidth(Normalize normalize) {
    Layer layer = weights.architecture().decoder().orElseThrow().layers().get(normalize.layer());
    return ((LatentAttention) layer.attention()).latentWidth();
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
}
