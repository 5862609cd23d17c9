package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.hardware.Kernel;
import dev.ridgepoint.estimator.hardware.KernelCalibration;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Rows;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Predicts forward passes of one model on one machine, twice over.
 *
 * <p>The <b>bound</b> of a step is the roofline of the step as a whole, max(all FLOPs / peak, all
 * bytes / DRAM bandwidth). Nothing is fitted. It is less than the sum of its operations' bounds,
 * because it lets the arithmetic of one operation hide behind the traffic of another. It holds for
 * models whose weights exceed the caches; what stays in a cache can be faster.
 *
 * <p>The <b>calibrated</b> prediction is the sum over the operations of what this machine's kernels
 * take for each; see {@link KernelCalibration}.
 */
public final class Predictor {
  private final KernelCalibration calibration;
  private final Roofline roofline;
  private final int threads;
  private final ModelConfig config;
  private final DataFormats formats;

  /**
   * @param machine with peaks of {@code computeDtype} and bandwidths for {@code threads}
   * @param computeDtype the dtype that the engine multiplies in, {@code F32}
   * @param threads threads that run the step
   * @throws IllegalArgumentException if the machine was not measured so
   */
  public Predictor(
      Machine machine, String computeDtype, int threads, ModelConfig config, DataFormats formats) {
    this.calibration = machine.calibration();
    this.roofline = machine.roofline(computeDtype, threads);
    this.threads = threads;
    this.config = config;
    this.formats = formats;
  }

  /** The roofline that the predictions are under. */
  public Roofline roofline() {
    return roofline;
  }

  /** Each operation of a step, in order. */
  public List<OperationPrediction> operations(Step step) {
    return costs(step).stream()
        .map(
            each ->
                new OperationPrediction(
                    each.operation(), predict(each.cost(), calibratedSeconds(each, step))))
        .toList();
  }

  /** A whole step. */
  public Prediction step(Step step) {
    List<Prediction> operations =
        operations(step).stream().map(OperationPrediction::prediction).toList();
    Cost total = operations.stream().map(Prediction::cost).reduce(Cost.ZERO, Cost::plus);
    boolean calibrated = operations.stream().allMatch(p -> p.calibratedSeconds().isPresent());
    return predict(
        total,
        calibrated
            ? OptionalDouble.of(
                operations.stream().mapToDouble(p -> p.calibratedSeconds().getAsDouble()).sum())
            : OptionalDouble.empty());
  }

  private List<OperationCost> costs(Step step) {
    Architecture architecture = config.architecture();
    return OperationList.of(architecture, ForwardOptions.of(formats, step), step);
  }

  private Prediction predict(Cost cost, OptionalDouble calibratedSeconds) {
    return new Prediction(
        cost, roofline.boundSeconds(cost), roofline.boundBy(cost), calibratedSeconds);
  }

  private OptionalDouble calibratedSeconds(OperationCost each, Step step) {
    Kernel kernel = Kernel.of(each.operation());
    double rows = rows(each.operation(), step);
    double context =
        kernel == Kernel.ATTENTION
            ? step.sequences().stream().mapToInt(Step.Sequence::context).average().orElseThrow()
            : 0;
    String format =
        switch (kernel) {
          case LINEAR -> formats.weights().name();
          case ATTENTION -> formats.kvCache().name();
          default -> "F32";
        };
    double bound = roofline.boundSeconds(each.cost());
    return calibration.seconds(kernel, format, threads, rows, context, bound, roofline);
  }

  /**
   * Rows that a kernel sees at once: of attention those of one sequence, to its own cache alone.
   */
  private static double rows(Operation operation, Step step) {
    return switch (operation) {
      case Attend _ -> (double) step.totalNewTokens() / step.sequences().size();
      default -> operation.rows() == Rows.LOGITS ? step.totalLogits() : step.totalNewTokens();
    };
  }
}
