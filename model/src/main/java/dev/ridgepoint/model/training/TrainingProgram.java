package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.optimizers.GradientNorm;
import dev.ridgepoint.engine.optimizers.Optimizer;
import dev.ridgepoint.engine.training.ClearGradients;
import dev.ridgepoint.engine.training.CrossEntropy;
import dev.ridgepoint.engine.training.Parameter;
import dev.ridgepoint.engine.training.SoftCrossEntropy;
import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.engine.training.TrainingOp;
import dev.ridgepoint.engine.training.TrainingWorkspace;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.training.ActivationPlaces;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory.Group;
import dev.ridgepoint.estimator.training.TrainingOperation;
import dev.ridgepoint.estimator.training.TrainingStepOperations;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.support.TrainingSupport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * A decoder that is trained: the operations of the estimator's list of a training step, each bound
 * to weights and activations once, and executed in that order step after step.
 *
 * <p>One caller at a time. All memory is there from the first step on. The same weights, batches
 * and settings give the same bits, whatever the number of threads.
 */
public final class TrainingProgram implements AutoCloseable {
  private final TrainingBatch shape;
  private final Optional<SoftTargets> targets;
  private final Meter meter;
  private final TrainedWeights weights;
  private final TrainingWorkspace workspace;
  private final TrainingActivations activations;
  private final Optimizer optimizer;
  private final GradientNorm gradientNorm;
  private final List<Step> begin = new ArrayList<>();
  private final List<Step> ofBatch = new ArrayList<>();
  private final List<Step> end = new ArrayList<>();

  private final Optional<TeacherProgram> teacher;
  private DoubleSupplier lossSum;
  private DoubleSupplier divergenceSum = () -> 0;
  private double norm;
  private double learningRate;
  private double largestNorm;

  private record Step(TrainingOperation operation, TrainingOp op) {}

  /**
   * What a step did.
   *
   * @param loss mean over its tokens before the update, in nats
   * @param divergence mean Kullback-Leibler divergence of the softened distributions from the
   *     teacher's before the update, in nats; 0 without a teacher
   * @param gradientNorm of all gradients together, before they were clipped
   */
  public record Result(double loss, double divergence, double gradientNorm) {}

  /** The same before the update. */
  record Losses(double loss, double divergence) {}

  /**
   * A decoder that learns the next tokens alone.
   *
   * @param architecture one that {@link TrainingSupport} does not refuse
   * @param shape of every step
   * @param source of the weights to begin with
   * @param workers the caller's, who closes them after the program
   */
  public TrainingProgram(
      Architecture architecture,
      TrainingBatch shape,
      Checkpointing checkpointing,
      OptimizerSettings settings,
      WeightSource source,
      Workers workers,
      Meter meter) {
    this(architecture, shape, checkpointing, settings, source, Optional.empty(), workers, meter);
  }

  /**
   * The same, and a student if it has a teacher.
   *
   * @param targets what it learns besides; {@code Result.loss} is of the next tokens all the same
   */
  public TrainingProgram(
      Architecture architecture,
      TrainingBatch shape,
      Checkpointing checkpointing,
      OptimizerSettings settings,
      WeightSource source,
      Optional<SoftTargets> targets,
      Workers workers,
      Meter meter) {
    this.shape = shape;
    this.targets = targets;
    this.meter = meter;
    List<Operation> forward = OperationList.wholeSequences(architecture);
    weights = new TrainedWeights(forward, source);
    workspace = new TrainingWorkspace(workers);
    int rows = Math.toIntExact(shape.microBatchTokens());
    activations = new TrainingActivations(new ActivationPlaces(forward, checkpointing), rows);
    List<Parameter> parameters = List.copyOf(weights.tensors().values());
    optimizer = settings.of(workers, parameters);
    gradientNorm = new GradientNorm(workers, parameters);
    TrainingBinder binder =
        new TrainingBinder(
            weights,
            workspace,
            activations,
            architecture.numerics().normEpsilon(),
            shape.sequenceLength());
    teacher = targets.map(each -> new TeacherProgram(each.teacher(), shape, workers, meter));
    TrainingStepOperations operations =
        TrainingStepOperations.of(
            architecture, shape, checkpointing, settings.kind(), targets.map(SoftTargets::listed));
    bind(operations.begin(), binder, begin);
    bind(operations.ofBatch(), binder, ofBatch);
    bind(operations.end(), binder, end);
  }

  private void bind(List<TrainingOperation> operations, TrainingBinder binder, List<Step> steps) {
    for (TrainingOperation operation : operations) {
      steps.add(new Step(operation, bind(operation, binder)));
    }
  }

  private TrainingOp bind(TrainingOperation operation, TrainingBinder binder) {
    return switch (operation) {
      case TrainingOperation.Forward each -> binder.forward(each.operation());
      case TrainingOperation.Backward each -> binder.backward(each.operation());
      case TrainingOperation.Teaching each -> teacher.orElseThrow().bind(each.operation());
      case TrainingOperation.Loss _ -> {
        CrossEntropy loss =
            new CrossEntropy(workspace, activations.current(Buffer.LOGITS), tokensOfStep());
        lossSum = loss::lossSum;
        yield loss;
      }
      case TrainingOperation.SoftLoss _ -> {
        SoftCrossEntropy loss =
            new SoftCrossEntropy(
                workspace,
                activations.current(Buffer.LOGITS),
                teacher.orElseThrow()::logits,
                targets.orElseThrow().temperature(),
                targets.orElseThrow().alpha(),
                tokensOfStep());
        lossSum = loss::lossSum;
        divergenceSum = loss::divergenceSum;
        yield loss;
      }
      case TrainingOperation.ClearGradients _ ->
          new ClearGradients(workspace, weights.parameters());
      case TrainingOperation.GradientNorm _ -> (batch, told) -> norm = gradientNorm.compute(told);
      case TrainingOperation.Update _ -> (batch, told) -> update(told);
    };
  }

  private long tokensOfStep() {
    return Math.multiplyExact(shape.microBatchTokens(), (long) shape.microBatches());
  }

  private void update(Meter told) {
    optimizer.update(learningRate, GradientNorm.scale(norm, largestNorm), told);
    weights.refreshVectors();
  }

  /**
   * Makes one step.
   *
   * @param batches of the program's shape, whose gradients are added up
   * @param learningRate of the update
   * @param largestNorm to which gradients are clipped
   * @throws IllegalArgumentException if there are more or fewer batches, one has another shape, or
   *     a token is not in the vocabulary
   */
  public Result step(List<TokenBatch> batches, double learningRate, double largestNorm) {
    this.learningRate = learningRate;
    this.largestNorm = largestNorm;
    Losses means = gradients(batches);
    run(end, batches.getLast());
    return new Result(means.loss, means.divergence, norm);
  }

  /** Computes the gradients of a step without an update. */
  Losses gradients(List<TokenBatch> batches) {
    if (batches.size() != shape.microBatches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%d batches instead of %d", batches.size(), shape.microBatches()));
    }
    run(begin, batches.getFirst());
    return means(ofBatch, batches);
  }

  /**
   * Foretells tokens without learning from them.
   *
   * @param batches any number of the program's shape
   * @return the mean loss of their tokens, in nats
   */
  public double loss(List<TokenBatch> batches) {
    List<Step> forward =
        ofBatch.stream()
            .takeWhile(step -> step.operation.phase() == TrainingOperation.Phase.FORWARD)
            .toList();
    return means(forward, batches).loss;
  }

  private Losses means(List<Step> steps, List<TokenBatch> batches) {
    double losses = 0;
    double divergences = 0;
    double tokens = 0;
    for (TokenBatch batch : batches) {
      requireShape(batch);
      run(steps, batch);
      losses += lossSum.getAsDouble();
      divergences += divergenceSum.getAsDouble();
      tokens += batch.rows();
    }
    return new Losses(losses / tokens, divergences / tokens);
  }

  private void requireShape(TokenBatch batch) {
    if (batch.sequences() != shape.microBatch() || batch.length() != shape.sequenceLength()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a batch of %d x %d tokens instead of %d x %d",
              batch.sequences(),
              batch.length(),
              shape.microBatch(),
              shape.sequenceLength()));
    }
  }

  private void run(List<Step> steps, TokenBatch batch) {
    for (Step step : steps) {
      meter.begin(step.operation.label(), step.operation.layer());
      step.op.run(batch, meter);
    }
  }

  /** What is trained. */
  public TrainedWeights weights() {
    return weights;
  }

  /** What updates it. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** Bytes that were allocated outside the heap, by group. */
  public long bytes(Group group) {
    return switch (group) {
      case WEIGHTS -> weights.parameters().valueBytes();
      case GRADIENTS -> weights.parameters().gradientBytes();
      case OPTIMIZER -> optimizer.stateBytes();
      case ACTIVATIONS -> activations.bytes();
      case BUFFERS -> activations.gradientBytes() + workspace.scratchBytes();
    };
  }

  /** Frees all memory. */
  @Override
  public void close() {
    weights.close();
    workspace.close();
    activations.close();
    optimizer.close();
    teacher.ifPresent(TeacherProgram::close);
  }
}
