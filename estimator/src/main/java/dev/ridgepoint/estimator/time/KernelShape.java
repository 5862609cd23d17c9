package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.operation.AbsorbLatents;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.Route;
import dev.ridgepoint.estimator.operation.Rows;
import dev.ridgepoint.estimator.operation.ScaleBySharedGate;
import dev.ridgepoint.estimator.operation.Step;

/**
 * What a kernel sees of an operation in a step: all that its efficiency depends on besides the
 * machine.
 *
 * @param kernel what runs the operation
 * @param format of the weights for {@link Kernel#LINEAR}, of the KV cache for {@link
 *     Kernel#ATTENTION}, of the elements otherwise: {@code F32}, {@code BF16}, ...
 * @param rows rows that it sees at once, at least 1; for attention those of one sequence, to its
 *     own cache alone, of which the mean over sequences may be fractional
 * @param context positions cached before, for attention, in the mean over the sequences; otherwise
 *     0
 */
public record KernelShape(Kernel kernel, String format, double rows, double context) {
  /** What the engine keeps between operations. */
  private static final String ACTIVATIONS = "F32";

  /**
   * What the kernel of {@code operation} sees in {@code step}.
   *
   * @throws IllegalArgumentException if the engine has no kernel for it
   */
  public static KernelShape of(Operation operation, Step step, DataFormats formats) {
    Kernel kernel = operation.kernel();
    return switch (operation) {
      case Attend _, AttendLatents _ ->
          new KernelShape(
              kernel,
              formats.kvCache().name(),
              (double) step.totalNewTokens() / step.sequences().size(),
              step.sequences().stream().mapToInt(Step.Sequence::context).average().orElseThrow());
      case Linear linear ->
          new KernelShape(kernel, formats.weights().name(), rows(linear.rows(), step), 0);
      case ExpertLinear experts ->
          new KernelShape(
              kernel, formats.weights().name(), rowsOfExpert(experts.experts(), step), 0);
      case AbsorbLatents _, Route _, ScaleBySharedGate _ ->
          new KernelShape(kernel, formats.weights().name(), rows(operation.rows(), step), 0);
      default -> new KernelShape(kernel, ACTIVATIONS, rows(operation.rows(), step), 0);
    };
  }

  /** In the mean over the experts that are expected to have any. */
  private static double rowsOfExpert(MixtureOfExperts experts, Step step) {
    double choices = (double) step.totalNewTokens() * experts.numExpertsPerToken();
    return choices / experts.expectedExpertsTouched(step.totalNewTokens());
  }

  private static double rows(Rows rows, Step step) {
    return switch (rows) {
      case TOKENS -> step.totalNewTokens();
      case LOGITS -> step.totalLogits();
      case SEQUENCES -> step.sequences().size();
    };
  }
}
