package dev.ridgepoint.model;

import dev.ridgepoint.engine.kernels.ActivationKernel;
import dev.ridgepoint.engine.kernels.ElementwiseKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.AddGated;
import dev.ridgepoint.engine.ops.ElementwiseActivation;
import dev.ridgepoint.engine.ops.ExpertChoice;
import dev.ridgepoint.engine.ops.ExpertWeights;
import dev.ridgepoint.engine.ops.GatedActivation;
import dev.ridgepoint.engine.ops.LinearIntoExperts;
import dev.ridgepoint.engine.ops.LinearOutOfExperts;
import dev.ridgepoint.engine.ops.Op;
import dev.ridgepoint.engine.ops.Router;
import dev.ridgepoint.engine.ops.RoutingRule;
import dev.ridgepoint.engine.ops.Workspace;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Routing;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.Route;
import dev.ridgepoint.estimator.operation.ScaleBySharedGate;

/** Binds what feed-forwards are made of besides plain products: activations and experts. */
final class FeedForwardBinder {
  private final Weights weights;
  private final Workspace workspace;
  private final StepActivations activations;

  FeedForwardBinder(Weights weights, Workspace workspace, StepActivations activations) {
    this.weights = weights;
    this.workspace = workspace;
    this.activations = activations;
  }

  Op activate(Activate activate) {
    DenseFeedForward feedForward = activate.feedForward();
    Activation from =
        activations.of(
            Buffer.FEED_FORWARD, feedForward.inputProjectionWidth(), activate.rowsPerToken());
    Activation to =
        activations.of(Buffer.ACTIVATED, feedForward.intermediateSize(), activate.rowsPerToken());
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

  Op router(Route route) {
    MixtureOfExperts mixture = route.experts();
    float[] bias = weights.joined(route, route.biases());
    boolean correctsChoice = mixture.routing().bias() == Routing.Bias.CHOICE;
    return new Router(
        workspace,
        activations.of(route.from(), route.hidden()),
        weights.matrix(route).getFirst(),
        correctsChoice ? null : bias,
        correctsChoice ? bias : null,
        rule(mixture.routing()),
        activations.of(Buffer.EXPERT_SCORES, mixture.numExperts()),
        activations.experts().choice());
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

  Op experts(ExpertLinear linear) {
    ExpertChoice choice = activations.experts().choice();
    ExpertWeights all = weights.experts(linear);
    long perToken = linear.experts().numExpertsPerToken();
    // The rows of the tokens, gathered, and what is added up to rows of tokens: never both at once.
    Activation rows =
        activations.of(
            Buffer.EXPERT_ROWS, linear.isInput() ? linear.inputs() : linear.outputs(), perToken);
    return linear.isInput()
        ? new LinearIntoExperts(
            workspace,
            activations.of(linear.from(), linear.inputs()),
            all,
            choice,
            rows,
            activations.of(linear.to(), linear.outputs(), perToken))
        : new LinearOutOfExperts(
            workspace,
            activations.of(linear.from(), linear.inputs(), perToken),
            all,
            choice,
            rows,
            linear.isResidual(),
            activations.of(linear.to(), linear.outputs()));
  }

  Op sharedGate(ScaleBySharedGate gate) {
    long width = gate.gate().columns();
    return new AddGated(
        workspace,
        activations.of(gate.from(), width),
        weights.matrix(gate).getFirst(),
        activations.of(Buffer.EXPERT_SCORES, 1),
        activations.of(Buffer.SHARED_EXPERT, width),
        activations.of(gate.to(), width));
  }
}
