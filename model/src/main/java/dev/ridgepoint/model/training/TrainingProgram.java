package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.optimizers.GradientNorm;
import dev.ridgepoint.engine.optimizers.Optimizer;
import dev.ridgepoint.engine.training.ClearGradients;
import dev.ridgepoint.engine.training.CrossEntropy;
import dev.ridgepoint.engine.training.Parameter;
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

/**
 * A decoder that is trained: the operations of the estimator's list of a training step, each bound
 * to weights and activations once, and executed in that order step after step.
 *
 * <p>One caller at a time. All memory is there from the first step on. The same weights, batches
 * and settings give the same bits, whatever the number of threads.
 */
public final class TrainingProgram implements AutoCloseable {
  private final TrainingBatch shape;
  private final Meter meter;
  private final TrainedWeights weights;
  private final TrainingWorkspace workspace;
  private final TrainingActivations activations;
  private final Optimizer optimizer;
  private final GradientNorm gradientNorm;
  private final List<Step> begin = new ArrayList<>();
  private final List<Step> ofBatch = new ArrayList<>();
  private final List<Step> end = new ArrayList<>();

  private CrossEntropy loss;
  private double norm;
  private double learningRate;
  private double largestNorm;

  private record Step(TrainingOperation operation, TrainingOp op) {}

  /**
   * What a step did.
   *
   * @param loss mean over its tokens before the update, in nats
   * @param gradientNorm of all gradients together, before they were clipped
   */
  public record Result(double loss, double gradientNorm) {}

  /**
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
    this.shape = shape;
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
    TrainingStepOperations operations =
        TrainingStepOperations.of(architecture, shape, checkpointing, settings.kind());
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
      case TrainingOperation.Loss _ -> {
        long tokens = Math.multiplyExact(shape.microBatchTokens(), (long) shape.microBatches());
        loss = new CrossEntropy(workspace, activations.current(Buffer.LOGITS), tokens);
        yield loss;
      }
      case TrainingOperation.ClearGradients _ ->
          new ClearGradients(workspace, weights.parameters());
      case TrainingOperation.GradientNorm _ -> (batch, told) -> norm = gradientNorm.compute(told);
      case TrainingOperation.Update _ -> (batch, told) -> update(told);
    };
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
    double mean = gradients(batches);
    run(end, batches.getLast());
    return new Result(mean, norm);
  }

  /**
   * Computes the gradients of a step without an update.
   *
   * @return the mean loss of its tokens, in nats
   */
  double gradients(List<TokenBatch> batches) {
    if (batches.size() != shape.microBatches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%d batches instead of %d", batches.size(), shape.microBatches()));
    }
    run(begin, batches.getFirst());
    double sum = 0;
    long tokens = 0;
    for (TokenBatch batch : batches) {
      requireShape(batch);
      run(ofBatch, batch);
      sum += loss.lossSum();
      tokens += batch.rows();
    }
    return sum / (double) tokens;
  }

  /**
   * Foretells tokens without learning from them.
   *
   * @param batches any number of the program's shape
   * @return the mean loss of their tokens, in nats
   */
  public double loss(List<TokenBatch> batches) {
    List<Step> forward = ofBatch.subList(0, lossIndex() + 1);
    double sum = 0;
    long tokens = 0;
    for (TokenBatch batch : batches) {
      requireShape(batch);
      run(forward, batch);
      sum += loss.lossSum();
      tokens += batch.rows();
    }
    return sum / (double) tokens;
  }

  private int lossIndex() {
    int index = 0;
    while (!(ofBatch.get(index).operation instanceof TrainingOperation.Loss)) {
      index++;
    }
    return index;
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
  }
}
