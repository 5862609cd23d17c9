package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;

/**
 * How long a step takes on something: on a roofline ({@link BoundTime}), with a measured machine's
 * kernels ({@link CalibratedTime}), or on a device that is known by its datasheet alone ({@link
 * DatasheetTime}). All of them see the same list of operations.
 */
public interface TimeModel {

  /**
   * The time of all or some operations of a step, one after the other.
   *
   * @param operations what is executed, with its costs
   * @param step the step that they are of
   * @throws dev.ridgepoint.estimator.input.InvalidInputException one line, if this model cannot
   *     tell
   */
  PredictedTime predict(List<OperationCost> operations, Step step);
}
