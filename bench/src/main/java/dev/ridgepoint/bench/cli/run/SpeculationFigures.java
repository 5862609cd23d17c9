package dev.ridgepoint.bench.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.techniques.SpeculationForecast;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.model.serving.Session;
import dev.ridgepoint.model.trace.Speculation;
import java.util.List;
import java.util.Optional;

/**
 * What guessing brought, beside what it should bring: see {@link SpeculationForecast}. What is not
 * known is null.
 *
 * @param drafted guesses
 * @param accepted those that were kept
 * @param acceptance share of the guesses looked at that were kept
 * @param tokensPerStep new tokens of a step of decoding
 * @param expectedTokensPerStep as many as guesses with such a share bring
 * @param draftCost predicted time of making a step's guesses, the draft's reading of the prompt
 *     with it, per time of a step without guesses
 * @param predictedSpeedup tokens/s per those without guesses
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SpeculationFigures(
    int drafted,
    int accepted,
    Double acceptance,
    Double tokensPerStep,
    Double expectedTokensPerStep,
    Double draftCost,
    Double predictedSpeedup) {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("drafted", "guesses", Format.COUNT),
          new Column("accepted", "kept", Format.COUNT),
          new Column("acceptance", "of those looked at", Format.SHARE),
          new Column("tokensPerStep", "tokens/step", Format.NUMBER),
          new Column("expectedTokensPerStep", "expected", Format.NUMBER),
          new Column("draftCost", "cost of guessing", Format.TIMES),
          new Column("predictedSpeedup", "predicted speed-up", Format.TIMES));

  /**
   * Of one turn.
   *
   * @param draft the model that guesses, if one does
   */
  static SpeculationFigures of(Session.Turn turn, ModelCosts model, Optional<ModelCosts> draft) {
    Speculation speculation = turn.speculation();
    double acceptance = speculation.acceptance();
    if (Double.isNaN(acceptance)) {
      return new SpeculationFigures(
          speculation.drafted(), speculation.accepted(), null, null, null, null, null);
    }
    SpeculationForecast forecast =
        SpeculationForecast.of(
            turn.decode(),
            speculation.draftSteps(),
            acceptance,
            steps -> model.of(steps).predictedSeconds(),
            steps -> draft.map(each -> each.of(steps)).orElse(StepCosts.ZERO).predictedSeconds());
    return new SpeculationFigures(
        speculation.drafted(),
        speculation.accepted(),
        acceptance,
        (turn.tokens().length - 1.0) / turn.decode().size(),
        forecast.expectedTokensPerStep(),
        forecast.draftCost().orElse(null),
        forecast.speedup().orElse(null));
  }

  /** In one row. */
  Table table() {
    return new Table(
        "speculation",
        "guesses",
        COLUMNS,
        List.of(
            Table.row(
                drafted,
                accepted,
                acceptance,
                tokensPerStep,
                expectedTokensPerStep,
                draftCost,
                predictedSpeedup)));
  }
}
