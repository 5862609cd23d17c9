package dev.ridgepoint.estimator.training;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.operation.Cost;
import java.util.List;

/**
 * What an optimizer's update costs in F32: parameters and states are read and written, gradients
 * read. FLOPs as the engine's optimizers count theirs.
 */
final class UpdateCost {
  /** Clip, first moment 3, second 4, correction, root and epsilon 3, step 2, decay and subtract. */
  private static final int ADAMW_FLOPS = 15;

  /** Clip, velocity 2, step, decay and subtract. */
  private static final int MOMENTUM_FLOPS = 6;

  /** Of a matrix's element: row, column and scale 2 each, size of the update 4, update 4. */
  private static final int ADAFACTOR_FLOPS = 14;

  /** Of a row: its mean 6, that of all 1, factors 5. */
  private static final int ADAFACTOR_ROW_FLOPS = 12;

  /** Of a column: its mean 6, factor 2. */
  private static final int ADAFACTOR_COLUMN_FLOPS = 8;

  /** Of a vector's element: moment 6, update 3, scale and size 4, update again and subtract 6. */
  private static final int ADAFACTOR_VECTOR_FLOPS = 19;

  private UpdateCost() {}

  /**
   * @throws IllegalArgumentException of an optimizer that the engine has not
   */
  static Cost of(Optimizer optimizer, List<ParameterTensor> tensors) {
    long elements = TrainingModel.elements(tensors);
    long states = optimizer.states(tensors).stream().mapToLong(ModelState::bytes).sum();
    long bytes = addExact(multiplyExact(3L * Float.BYTES, elements), multiplyExact(2, states));
    long flops =
        switch (optimizer) {
          case ADAMW -> multiplyExact(ADAMW_FLOPS, elements);
          case MOMENTUM -> multiplyExact(MOMENTUM_FLOPS, elements);
          case ADAFACTOR -> adafactor(tensors);
          case SGD, ADAM, ADAFACTOR_MOMENTUM, ADAM_8BIT ->
              throw new IllegalArgumentException(
                  "the cost of an update is not known: " + optimizer);
        };
    return new Cost(flops, 0, bytes, 0, 0, 0);
  }

  private static long adafactor(List<ParameterTensor> tensors) {
    long flops = 0;
    for (ParameterTensor tensor : tensors) {
      long ofOne =
          tensor.isMatrix()
              ? addExact(
                  multiplyExact(ADAFACTOR_FLOPS, tensor.elementsOfOne()),
                  ADAFACTOR_ROW_FLOPS * tensor.rows() + ADAFACTOR_COLUMN_FLOPS * tensor.columns())
              : multiplyExact(ADAFACTOR_VECTOR_FLOPS, tensor.elementsOfOne());
      flops = addExact(flops, multiplyExact(tensor.copies(), ofOne));
    }
    return flops;
  }
}
