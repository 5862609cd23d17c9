package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;

/**
 * The roofline of the operations as a whole, max(all FLOPs / peak, all bytes / bandwidth): the
 * shortest time that they can take. Nothing is fitted. It is less than the sum of the operations'
 * own bounds, because it lets the arithmetic of one hide behind the traffic of another. It holds
 * for models whose weights exceed the caches; what stays in a cache can be faster.
 *
 * @param roofline of what runs them
 */
public record BoundTime(Roofline roofline) implements TimeModel {
  @Override
  public PredictedTime predict(List<OperationCost> operations, Step step) {
    Cost total = OperationList.total(operations);
    return PredictedTime.of(roofline.boundSeconds(total), roofline.boundBy(total));
  }
}
