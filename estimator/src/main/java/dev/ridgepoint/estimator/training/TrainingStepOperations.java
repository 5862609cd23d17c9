package dev.ridgepoint.estimator.training;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Normalize;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.operation.StepWork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The operations of one training step in F32, in the order in which this project's engine executes
 * them. What is predicted and what is metered are the same entries.
 *
 * <p>The engine's attention keeps no scores whatever the checkpointing (FlashAttention), so that
 * {@link Checkpointing#SELECTIVE} has others to leave out: what takes no matrix product to compute
 * again, normalised rows and activations. {@link Checkpointing#FULL} keeps the input of every
 * layer; the last layer's activations are still there when its gradients begin.
 *
 * @param begin once
 * @param ofBatch for each micro-batch
 * @param end once
 */
public record TrainingStepOperations(
    List<TrainingOperation> begin, List<TrainingOperation> ofBatch, List<TrainingOperation> end) {

  public TrainingStepOperations {
    begin = List.copyOf(begin);
    ofBatch = List.copyOf(ofBatch);
    end = List.copyOf(end);
  }

  /** An operation with its cost. */
  public record Entry(TrainingOperation operation, Cost cost) {}

  /**
   * A model whose distribution of the next token another one learns.
   *
   * @param architecture of the same vocabulary
   */
  public record Teacher(Architecture architecture, DataFormats formats) {
    private Stream<TrainingOperation> operations() {
      return OperationList.ofEngine(architecture).stream()
          .map(operation -> new TrainingOperation.Teaching(operation, formats));
    }
  }

  /**
   * The operations of a decoder's step.
   *
   * @param batch sequences of equal length
   */
  public static TrainingStepOperations of(
      Architecture architecture,
      TrainingBatch batch,
      Checkpointing checkpointing,
      Optimizer optimizer) {
    return of(architecture, batch, checkpointing, optimizer, Optional.empty());
  }

  /**
   * The same of a student, if it has a teacher, which sees every micro-batch, too.
   *
   * @param batch sequences of equal length
   */
  public static TrainingStepOperations of(
      Architecture architecture,
      TrainingBatch batch,
      Checkpointing checkpointing,
      Optimizer optimizer,
      Optional<Teacher> teacher) {
    List<ParameterTensor> tensors =
        architecture.weights().stream().map(TrainingStates::tensor).toList();
    long parameters = TrainingModel.elements(tensors);
    List<Operation> forward = OperationList.wholeSequences(architecture);
    List<TrainingOperation> ofBatch = new ArrayList<>();
    forward.forEach(operation -> ofBatch.add(new TrainingOperation.Forward(operation, false)));
    teacher.stream().flatMap(Teacher::operations).forEach(ofBatch::add);
    long rows = batch.microBatchTokens();
    int vocabulary = architecture.embedding().vocabSize();
    ofBatch.add(
        teacher.isPresent()
            ? new TrainingOperation.SoftLoss(rows, vocabulary)
            : new TrainingOperation.Loss(rows, vocabulary));
    ofBatch.addAll(backward(forward, checkpointing));
    return new TrainingStepOperations(
        List.of(new TrainingOperation.ClearGradients(parameters)),
        ofBatch,
        List.of(
            new TrainingOperation.GradientNorm(parameters),
            new TrainingOperation.Update(optimizer, tensors)));
  }

  /** The work of one micro-batch, in F32. */
  public static StepWork work(TrainingBatch batch) {
    int length = batch.sequenceLength();
    Step step =
        new Step(Collections.nCopies(batch.microBatch(), new Step.Sequence(length, 0, length)));
    return new StepWork(
        step, ForwardOptions.of(new DataFormats(Precision.F32, Precision.F32), step), 0);
  }

  /** All that a step executes, with its costs. */
  public List<Entry> costs(TrainingBatch batch) {
    StepWork work = work(batch);
    List<Entry> entries = new ArrayList<>();
    begin.forEach(operation -> entries.add(new Entry(operation, operation.cost(work))));
    for (int i = 0; i < batch.microBatches(); i++) {
      ofBatch.forEach(operation -> entries.add(new Entry(operation, operation.cost(work))));
    }
    end.forEach(operation -> entries.add(new Entry(operation, operation.cost(work))));
    return entries;
  }

  private static List<TrainingOperation> backward(
      List<Operation> forward, Checkpointing checkpointing) {
    List<TrainingOperation> backward = new ArrayList<>();
    Map<Buffer, Operation> written = new EnumMap<>(Buffer.class);
    forward.forEach(operation -> remember(written, operation));
    int recomputed = forward.getLast().layer();
    for (int i = forward.size() - 1; i >= 0; i--) {
      Operation operation = forward.get(i);
      int layer = operation.layer();
      if (checkpointing == Checkpointing.FULL && layer != recomputed) {
        boolean isLastLayer = recomputed == Operation.NO_LAYER;
        recomputed = layer;
        if (layer != Operation.NO_LAYER && !isLastLayer) {
          // The operation itself ends the layer: its output is the next one's input, which is kept.
          forward.subList(0, i).stream()
              .filter(earlier -> earlier.layer() == layer)
              .forEach(earlier -> backward.add(new TrainingOperation.Forward(earlier, true)));
        }
      }
      if (checkpointing == Checkpointing.SELECTIVE && operation instanceof Linear linear) {
        repeatInput(forward, i, linear.from(), written, backward);
      }
      backward.add(new TrainingOperation.Backward(operation));
    }
    return backward;
  }

  /** Computes a linear layer's input again, unless its memory holds it still. */
  private static void repeatInput(
      List<Operation> forward,
      int index,
      Buffer input,
      Map<Buffer, Operation> written,
      List<TrainingOperation> backward) {
    if (ActivationPlaces.isKept(Checkpointing.SELECTIVE, input)) {
      return;
    }
    int i = index - 1;
    while (output(forward.get(i)) != input) {
      i--;
    }
    Operation writer = forward.get(i);
    if (!writer.equals(written.get(input))) {
      backward.add(new TrainingOperation.Forward(writer, true));
      remember(written, writer);
    }
  }

  private static void remember(Map<Buffer, Operation> written, Operation operation) {
    Buffer output = output(operation);
    if (output != null) {
      written.put(output, operation);
    }
  }

  /** What norms and activations write; null of others. */
  private static Buffer output(Operation operation) {
    return switch (operation) {
      case Normalize normalize -> normalize.to();
      case Activate _ -> Buffer.ACTIVATED;
      default -> null;
    };
  }
}
