package dev.ridgepoint.bench.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.Prediction;
import dev.ridgepoint.estimator.time.Predictor;
import dev.ridgepoint.model.serving.TimedStep;
import java.util.List;
import java.util.Optional;

/**
 * What steps took, beside what they should take. What is not known is null: rates without a step,
 * the roof where the machine was not measured, the prediction where its kernels were not timed.
 *
 * @param steps how many
 * @param tokens that they brought: of a prompt those fed, of decoding those generated
 * @param seconds that they took
 * @param flops as the estimator counts them
 * @param bytes likewise
 * @param shareOfRoof the least time that this machine needs by its roofline, per time taken
 * @param predictedTokensPerSecond with this machine's kernels as they were timed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StepFigures(
    int steps,
    long tokens,
    double seconds,
    long flops,
    long bytes,
    Double tokensPerSecond,
    Double flopsPerSecond,
    Double bytesPerSecond,
    Double shareOfRoof,
    Double predictedTokensPerSecond) {

  /** The columns of {@link #row}. */
  static final List<Column> COLUMNS =
      List.of(
          new Column("phase", "phase", Format.TEXT),
          new Column("tokens", "tokens", Format.COUNT),
          new Column("seconds", "time", Format.SECONDS),
          new Column("tokensPerSecond", "tokens/s", Format.NUMBER),
          new Column("flopsPerSecond", "FLOP/s", Format.FLOPS_PER_SECOND),
          new Column("bytesPerSecond", "B/s", Format.BYTES_PER_SECOND),
          new Column("shareOfRoof", "of the roof", Format.SHARE),
          new Column("predictedTokensPerSecond", "predicted", Format.NUMBER));

  /** Of some steps. */
  static StepFigures of(
      List<TimedStep> steps, long tokens, RunningModel.Setup setup, Optional<Predictor> machine) {
    Cost cost = Cost.ZERO;
    double seconds = 0;
    double bound = 0;
    double predicted = 0;
    boolean isPredicted = machine.isPresent();
    for (TimedStep each : steps) {
      seconds += each.seconds();
      if (machine.isPresent()) {
        Prediction prediction = machine.get().step(each.step());
        cost = cost.plus(prediction.cost());
        bound += prediction.boundSeconds();
        predicted += prediction.calibrated().map(PredictedTime::seconds).orElse(0.0);
        isPredicted &= prediction.calibrated().isPresent();
      } else {
        ForwardOptions options = ForwardOptions.ofEngine(setup.formats());
        cost =
            cost.plus(
                OperationList.total(OperationList.of(setup.architecture(), options, each.step())));
      }
    }
    boolean isRun = !steps.isEmpty();
    return new StepFigures(
        steps.size(),
        tokens,
        seconds,
        cost.flops(),
        cost.bytes(),
        isRun ? tokens / seconds : null,
        isRun ? cost.flops() / seconds : null,
        isRun ? cost.bytes() / seconds : null,
        isRun && machine.isPresent() ? bound / seconds : null,
        isRun && isPredicted ? tokens / predicted : null);
  }

  /** What predicts on this machine with so many threads, if it was measured so. */
  static Optional<Predictor> predictor(RunningModel.Setup setup) {
    return DeviceOptions.measuredHere()
        .flatMap(TargetDevice::local)
        .filter(
            measured ->
                measured.machine().peaks().stream()
                    .anyMatch(peak -> peak.threads() == setup.threads()))
        .map(
            measured ->
                new Predictor(
                    MemoryLevel.machineHolding(measured.machine(), setup.memory().weightBytes()),
                    measured.calibration(),
                    "F32",
                    setup.threads(),
                    setup.architecture(),
                    setup.formats()));
  }

  /** Under {@link #COLUMNS}. */
  List<Object> row(String phase) {
    return Table.row(
        phase,
        tokens,
        steps > 0 ? seconds : null,
        tokensPerSecond,
        flopsPerSecond,
        bytesPerSecond,
        shareOfRoof,
        predictedTokensPerSecond);
  }
}
