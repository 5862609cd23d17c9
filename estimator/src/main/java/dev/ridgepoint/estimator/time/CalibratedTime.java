package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;

/**
 * The sum over the operations of what a measured machine's kernels take for each; see {@link
 * KernelCalibration}. Its error is not known in advance.
 *
 * @param calibration of the machine's kernels
 * @param roofline of the machine with {@code threads}
 * @param threads threads that run the step
 * @param formats in which weights and cache are stored
 */
public record CalibratedTime(
    KernelCalibration calibration, Roofline roofline, int threads, DataFormats formats)
    implements TimeModel {

  /**
   * {@inheritDoc}
   *
   * @throws InvalidInputException if {@link #unmeasured} has a reason
   * @throws IllegalArgumentException if the engine has no kernel for an operation
   */
  @Override
  public PredictedTime predict(List<OperationCost> operations, Step step) {
    double seconds =
        operations.stream()
            .mapToDouble(each -> seconds(each, step).orElseThrow(() -> refusal(each, step)))
            .sum();
    return PredictedTime.of(seconds, roofline.boundBy(OperationList.total(operations)));
  }

  /**
   * Why the operations cannot be predicted: the first kernel that was not measured in its format
   * and with these threads, and in which formats it was; empty if all were.
   *
   * @throws IllegalArgumentException if the engine has no kernel for an operation
   */
  public Optional<String> unmeasured(List<OperationCost> operations, Step step) {
    return operations.stream()
        .filter(each -> seconds(each, step).isEmpty())
        .map(each -> unmeasured(each, step))
        .findFirst();
  }

  private OptionalDouble seconds(OperationCost each, Step step) {
    KernelShape shape = KernelShape.of(each.operation(), step, formats);
    return calibration.seconds(shape, threads, roofline.boundSeconds(each.cost()), roofline);
  }

  private InvalidInputException refusal(OperationCost each, Step step) {
    return new InvalidInputException(each.name(), unmeasured(each, step));
  }

  private String unmeasured(OperationCost each, Step step) {
    KernelShape shape = KernelShape.of(each.operation(), step, formats);
    SortedSet<String> measured = calibration.formats(shape.kernel(), threads);
    return String.format(
        Locale.ROOT,
        "the kernel %s was not timed in %s with %d threads, %s",
        shape.kernel(),
        shape.format(),
        threads,
        measured.isEmpty() ? "nor in another format" : "but in " + String.join(", ", measured));
  }
}
