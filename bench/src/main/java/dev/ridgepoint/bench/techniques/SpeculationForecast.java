package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.estimator.inference.SpeculativeStep;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What guessing should bring, by the share of guesses that were right (Leviathan et al. 2023,
 * arXiv:2211.17192, theorem 3.8, with each step's own time instead of equal ones).
 *
 * @param expectedTokensPerStep new tokens of a step of decoding; the model's own one and guesses up
 *     to the first wrong one
 * @param draftCost time of making a step's guesses per time of a step without guesses, if both are
 *     predicted
 * @param speedup tokens per second per those without guesses, likewise
 */
public record SpeculationForecast(
    double expectedTokensPerStep, Optional<Double> draftCost, Optional<Double> speedup) {

  /**
   * Of some steps of decoding one sequence.
   *
   * @param decode those that verified guesses, at least one
   * @param draftSteps those that made them
   * @param acceptance the share of guesses that were right, 0 to 1
   * @param model what predicts the seconds of steps of the model
   * @param draft likewise of the one that guesses
   */
  public static SpeculationForecast of(
      List<TimedStep> decode,
      List<TimedStep> draftSteps,
      double acceptance,
      Function<List<Step>, Optional<Double>> model,
      Function<List<Step>, Optional<Double>> draft) {
    List<Step> verifying = decode.stream().map(TimedStep::step).toList();
    List<Step> plain = verifying.stream().map(SpeculationForecast::withoutGuesses).toList();
    double expected =
        verifying.stream()
            .mapToDouble(step -> SpeculativeStep.expectedTokens(guesses(step), acceptance))
            .sum();
    int steps = decode.size();
    Optional<Double> plainSeconds = model.apply(plain);
    Optional<Double> draftSeconds = draft.apply(draftSteps.stream().map(TimedStep::step).toList());
    Optional<Double> seconds =
        model.apply(verifying).flatMap(each -> draftSeconds.map(more -> each + more));
    return new SpeculationForecast(
        expected / steps,
        draftSeconds.flatMap(each -> plainSeconds.map(one -> each / one)),
        seconds.flatMap(each -> plainSeconds.map(one -> expected * one / steps / each)));
  }

  /** A step brings one token and guesses, and wants the logits of all. */
  private static int guesses(Step step) {
    return step.sequences().getFirst().logits() - 1;
  }

  private static Step withoutGuesses(Step step) {
    return Step.decode(1, step.sequences().getFirst().context());
  }
}
