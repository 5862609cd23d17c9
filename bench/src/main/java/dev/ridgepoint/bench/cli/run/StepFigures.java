package dev.ridgepoint.bench.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.List;

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

  /**
   * Of some steps.
   *
   * @param expected what they should cost, with all else that was run within their time
   */
  static StepFigures of(List<TimedStep> steps, long tokens, StepCosts expected) {
    double seconds = steps.stream().mapToDouble(TimedStep::seconds).sum();
    Cost cost = expected.cost();
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
        isRun ? expected.boundSeconds().map(bound -> bound / seconds).orElse(null) : null,
        isRun ? expected.predictedSeconds().map(each -> tokens / each).orElse(null) : null);
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
