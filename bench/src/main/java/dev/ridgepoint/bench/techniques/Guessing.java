package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.inference.SpeculativeStep;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.serving.DraftModel;
import dev.ridgepoint.model.serving.Drafter;
import dev.ridgepoint.model.serving.PromptLookup;
import dev.ridgepoint.model.serving.Session;
import dev.ridgepoint.model.trace.Speculation;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Speculative decoding of one answer, whose tokens stay the same: by a lookup or a smaller model.
 */
final class Guessing implements Experiment {
  /** Guesses of a step. */
  static final int LOOKUP_TOKENS = 7;

  static final int DRAFT_TOKENS = 4;

  private final Stage stage;
  private final Kind kind;
  private final Program program;
  private final Session session;
  private Speculation last = new Speculation(0, 0, 0, List.of());

  /** What guesses, with what it needs. */
  private record Kind(
      String name, String compared, Drafter drafter, int guesses, Runnable closed) {}

  private Guessing(Stage stage, Kind kind) {
    this.stage = stage;
    this.kind = kind;
    program = stage.model().program();
    int prompt = stage.sizes().shortPrompt();
    session = new Session(program, prompt + stage.sizes().answer(), prompt);
  }

  /** What followed the last tokens before follows again. */
  static Experiment byLookup(Stage stage) {
    return new Guessing(
        stage,
        new Kind(
            "speculation by prompt lookup",
            "up to %s guesses a step that what followed before follows again, instead of none"
                .formatted(LOOKUP_TOKENS),
            new PromptLookup(3, 2, LOOKUP_TOKENS),
            LOOKUP_TOKENS,
            () -> {}));
  }

  /** The model's first layers guess what all will say. */
  static Experiment byDraftModel(Stage stage) {
    Program program = stage.model().draftProgram();
    int prompt = stage.sizes().shortPrompt();
    DraftModel drafter =
        new DraftModel(
            program,
            Sampler.greedy(),
            new DraftModel.Shape(
                DRAFT_TOKENS,
                stage.model().architecture().embedding().vocabSize(),
                prompt + stage.sizes().answer(),
                prompt));
    int layers = stage.model().draftArchitecture().decoder().orElseThrow().layers().size();
    return new Guessing(
        stage,
        new Kind(
            "speculation by a draft model",
            "%s guesses a step by the model's first %s, instead of none"
                .formatted(DRAFT_TOKENS, layers == 1 ? "layer" : layers + " layers"),
            drafter,
            DRAFT_TOKENS,
            () -> {
              drafter.close();
              program.close();
            }));
  }

  @Override
  public Description description() {
    return new Description(
        kind.name,
        "an answer of %s tokens: %s".formatted(stage.sizes().answer(), kind.compared),
        "(1 - a^(K+1)) / (1 - a) x step(1) / (step(K+1) + guesses), a = share of right guesses",
        "Leviathan et al. 2023, arXiv:2211.17192, theorem 3.8");
  }

  @Override
  public double secondsOfTurn() {
    int context = stage.sizes().shortPrompt();
    double usual = Forecast.of(stage.predictor(), Step.decode(1, context)).seconds();
    // If no guess is right.
    double technique = verificationSeconds() + kind.guesses * draftSeconds();
    return stage.sizes().answer() * (usual + technique);
  }

  private double verificationSeconds() {
    int rows = kind.guesses + 1;
    Step.Sequence sequence = new Step.Sequence(rows, stage.sizes().shortPrompt(), rows);
    return Forecast.of(stage.predictor(), new Step(List.of(sequence))).seconds();
  }

  /** Of one guess. */
  private double draftSeconds() {
    return kind.drafter instanceof DraftModel
        ? Forecast.of(stage.predictors().draft(), Step.decode(1, stage.sizes().shortPrompt()))
            .seconds()
        : 0;
  }

  @Override
  public Turn run() {
    Pass usual = pass(answer(Drafter.NONE));
    Session.Turn guessed = answer(kind.drafter);
    last = guessed.speculation();
    return new Turn(usual, pass(guessed));
  }

  private Session.Turn answer(Drafter drafter) {
    return session.generate(
        stage.tokens(stage.sizes().shortPrompt()),
        stage.sizes().answer(),
        Sampler.greedy(),
        drafter,
        token -> true);
  }

  private static Pass pass(Session.Turn turn) {
    return new Pass(
        turn.decode(),
        turn.speculation().draftSteps(),
        turn.decode().stream().mapToDouble(TimedStep::seconds).sum());
  }

  @Override
  public Forecast usual(Pass pass) {
    return pass.forecast(stage.predictor());
  }

  @Override
  public Forecast technique(Pass pass) {
    return pass.forecast(stage.predictor())
        .plus(
            Forecast.of(
                stage.predictors().draft(),
                pass.draftSteps().stream().map(TimedStep::step).toList()));
  }

  @Override
  public double predicted(List<Turn> turns) {
    return forecast(turns).speedup().orElseThrow();
  }

  private SpeculationForecast forecast(List<Turn> turns) {
    Pass pass = turns.getLast().technique();
    return SpeculationForecast.of(
        pass.steps(),
        pass.draftSteps(),
        acceptance(),
        steps -> Optional.of(Forecast.of(stage.predictor(), steps).seconds()),
        steps -> Optional.of(Forecast.of(stage.predictors().draft(), steps).seconds()));
  }

  /** 0 where nothing was guessed. */
  private double acceptance() {
    return Double.isNaN(last.acceptance()) ? 0 : last.acceptance();
  }

  @Override
  public String explanation(double measured, List<Turn> turns) {
    int steps = turns.getLast().technique().steps().size();
    return String.format(
        Locale.ROOT,
        "%,d of %,d guesses that were looked at %s right%s: %s tokens a step, where %s are"
            + " expected. It gains from %s on. %s",
        last.accepted(),
        last.accepted() + last.rejected(),
        last.accepted() == 1 ? "was" : "were",
        stage.model().isTrained() ? "" : " (of drawn weights, whose answers are no text)",
        Units.significant((stage.sizes().answer() - 1.0) / steps),
        Units.significant(forecast(turns).expectedTokensPerStep()),
        breakEven(),
        measured < 1
            ? "More of what it takes to guess and to verify is thrown away than saved."
            : "A step with guesses reads the weights once for all of them.");
  }

  /** The share of right guesses from which full drafts gain, in words. */
  private String breakEven() {
    double plain =
        Forecast.of(stage.predictor(), Step.decode(1, stage.sizes().shortPrompt())).seconds();
    double cost = (verificationSeconds() + kind.guesses * draftSeconds()) / plain;
    if (cost > kind.guesses + 1) {
      return "no share of right guesses";
    }
    double low = 0;
    double high = 1;
    for (int i = 0; i < 50; i++) {
      double middle = (low + high) / 2;
      if (SpeculativeStep.expectedTokens(kind.guesses, middle) < cost) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Units.percent(high) + " right guesses";
  }

  @Override
  public void close() {
    kind.closed.run();
    session.close();
    program.close();
  }
}
