package dev.ridgepoint.estimator.training;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.StepWork;
import java.util.List;

/**
 * One operation of a training step, and what it costs; see {@link TrainingStepOperations}. Code
 * decides by an operation's kind, never by its name.
 */
public sealed interface TrainingOperation {

  /** The parts of a step. */
  enum Phase {
    FORWARD,
    /** Of the forward pass, what was not kept. */
    RECOMPUTE,
    BACKWARD,
    UPDATE
  }

  /** Its name, for people: such as {@code qkv_proj}, the same in all phases. */
  String name();

  /** The layer, from 0, or {@link Operation#NO_LAYER}. */
  default int layer() {
    return Operation.NO_LAYER;
  }

  Phase phase();

  /** Its name with its phase, which is another for each operation of a layer. */
  default String label() {
    return switch (phase()) {
      case FORWARD, UPDATE -> name();
      case RECOMPUTE -> name() + " again";
      case BACKWARD -> name() + " backward";
    };
  }

  /**
   * What it costs.
   *
   * @param work of one micro-batch, all of whose tokens get logits
   * @throws ArithmeticException if a count passes 2^63
   */
  Cost cost(StepWork work);

  /**
   * An operation of the forward pass.
   *
   * @param isRepeated whether it runs again because its output was not kept
   */
  record Forward(Operation operation, boolean isRepeated) implements TrainingOperation {
    @Override
    public String name() {
      return operation.name();
    }

    @Override
    public int layer() {
      return operation.layer();
    }

    @Override
    public Phase phase() {
      return isRepeated ? Phase.RECOMPUTE : Phase.FORWARD;
    }

    @Override
    public Cost cost(StepWork work) {
      return operation.cost(work);
    }
  }

  /** The gradients of an operation of the forward pass. */
  record Backward(Operation operation) implements TrainingOperation {
    @Override
    public String name() {
      return operation.name();
    }

    @Override
    public int layer() {
      return operation.layer();
    }

    @Override
    public Phase phase() {
      return Phase.BACKWARD;
    }

    @Override
    public Cost cost(StepWork work) {
      return operation.backwardCost(work);
    }
  }

  /**
   * An operation of a teacher's forward pass, which is that of inference.
   *
   * @param formats of the teacher
   */
  record Teaching(Operation operation, DataFormats formats) implements TrainingOperation {
    @Override
    public String name() {
      return "teacher " + operation.name();
    }

    @Override
    public int layer() {
      return operation.layer();
    }

    @Override
    public Phase phase() {
      return Phase.FORWARD;
    }

    @Override
    public Cost cost(StepWork work) {
      return operation.cost(work.with(ForwardOptions.ofEngine(formats)));
    }
  }

  /**
   * Cross-entropy of the logits with the next tokens, and its gradient in their place: per logit
   * subtract the maximum, exponential, sum, product; per token divide the scale by the sum,
   * subtract it from the right one's; logarithm, add the maximum, subtract the right one's logit,
   * add up.
   *
   * @param rows tokens of a micro-batch
   * @param vocabSize logits of each
   */
  record Loss(long rows, long vocabSize) implements TrainingOperation {
    @Override
    public String name() {
      return "loss";
    }

    @Override
    public Phase phase() {
      return Phase.FORWARD;
    }

    @Override
    public Cost cost(StepWork work) {
      long logits = multiplyExact(rows, vocabSize);
      long flops = addExact(multiplyExact(4, logits), multiplyExact(6, rows));
      return new Cost(flops, 0, 0, 0, 0, multiplyExact(2L * Float.BYTES, logits));
    }
  }

  /**
   * Cross-entropy of the logits with the next tokens and with a teacher's softened distribution,
   * and the gradient of both in their place. Besides what {@link Loss} does, per logit divide both
   * by the temperature, and their difference; twice subtract the maximum, exponential, sum and
   * product; product and sum of the divergence; subtract, product and sum of the gradient. Per
   * token, twice divide by the sum, logarithm and add the maximum; subtract and add these, add up.
   *
   * @param rows tokens of a micro-batch
   * @param vocabSize logits of each
   */
  record SoftLoss(long rows, long vocabSize) implements TrainingOperation {
    @Override
    public String name() {
      return "soft_loss";
    }

    @Override
    public Phase phase() {
      return Phase.FORWARD;
    }

    @Override
    public Cost cost(StepWork work) {
      long logits = multiplyExact(rows, vocabSize);
      long flops = addExact(multiplyExact(20, logits), multiplyExact(15, rows));
      return new Cost(flops, 0, 0, 0, 0, multiplyExact(3L * Float.BYTES, logits));
    }
  }

  /**
   * Makes all gradients zero, before they are added up.
   *
   * @param parameters how many
   */
  record ClearGradients(long parameters) implements TrainingOperation {
    @Override
    public String name() {
      return "clear_gradients";
    }

    @Override
    public Phase phase() {
      return Phase.UPDATE;
    }

    @Override
    public Cost cost(StepWork work) {
      return new Cost(0, 0, multiplyExact(Float.BYTES, parameters), 0, 0, 0);
    }
  }

  /**
   * The norm of all gradients together, by which they are clipped: a square and a sum for each.
   *
   * @param parameters how many
   */
  record GradientNorm(long parameters) implements TrainingOperation {
    @Override
    public String name() {
      return "gradient_norm";
    }

    @Override
    public Phase phase() {
      return Phase.UPDATE;
    }

    @Override
    public Cost cost(StepWork work) {
      long flops = multiplyExact(2, parameters);
      return new Cost(flops, 0, multiplyExact(Float.BYTES, parameters), 0, 0, 0);
    }
  }

  /** The optimizer's update of all parameters. */
  record Update(Optimizer optimizer, List<ParameterTensor> tensors) implements TrainingOperation {
    public Update {
      tensors = List.copyOf(tensors);
    }

    @Override
    public String name() {
      return "update";
    }

    @Override
    public Phase phase() {
      return Phase.UPDATE;
    }

    @Override
    public Cost cost(StepWork work) {
      return UpdateCost.of(optimizer, tensors);
    }
  }
}
