package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.KernelCalibration.Timing;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The sum over the operations of what a measured machine's kernels take for each; see {@link
 * KernelCalibration}. Its interval is what the kernels' times varied by while they were timed.
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
    return predictIfMeasured(operations, step)
        .orElseThrow(() -> refusal(firstUnmeasured(operations, step).orElseThrow(), step));
  }

  /**
   * As {@link #predict}; empty if {@link #unmeasured} has a reason.
   *
   * @throws IllegalArgumentException if the engine has no kernel for an operation
   */
  public Optional<PredictedTime> predictIfMeasured(List<OperationCost> operations, Step step) {
    Map<KernelShape, Optional<Timing>> timings = new HashMap<>(); // layers repeat their shapes
    double seconds = 0;
    double lowest = 0;
    double highest = 0;
    for (OperationCost each : operations) {
      Optional<Timing> timing = timings.computeIfAbsent(shape(each, step), this::timing);
      if (timing.isEmpty()) {
        return Optional.empty();
      }
      double bound = roofline.boundSeconds(each.cost());
      seconds += timing.get().seconds(bound);
      lowest += timing.get().lowestSeconds(bound);
      highest += timing.get().highestSeconds(bound);
    }
    Cost total = OperationList.total(operations);
    double notBelowTheRoof = Math.max(lowest, roofline.boundSeconds(total));
    return Optional.of(
        new PredictedTime(
            seconds,
            roofline.boundBy(total),
            Math.min(seconds, notBelowTheRoof),
            Math.max(seconds, highest)));
  }

  /**
   * Why the operations cannot be predicted: the first kernel that was not measured in its format
   * and with these threads, and in which formats it was; empty if all were.
   *
   * @throws IllegalArgumentException if the engine has no kernel for an operation
   */
  public Optional<String> unmeasured(List<OperationCost> operations, Step step) {
    return firstUnmeasured(operations, step).map(each -> unmeasured(each, step));
  }

  private Optional<OperationCost> firstUnmeasured(List<OperationCost> operations, Step step) {
    return operations.stream().filter(each -> timing(shape(each, step)).isEmpty()).findFirst();
  }

  private Optional<Timing> timing(KernelShape shape) {
    return calibration.timing(shape, threads, roofline);
  }

  private KernelShape shape(OperationCost each, Step step) {
    return KernelShape.of(each.operation(), step, formats);
  }

  private InvalidInputException refusal(OperationCost each, Step step) {
    return new InvalidInputException(each.name(), unmeasured(each, step));
  }

  private String unmeasured(OperationCost each, Step step) {
    KernelShape shape = shape(each, step);
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
