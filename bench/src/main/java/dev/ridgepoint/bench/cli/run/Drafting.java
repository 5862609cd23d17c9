package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.serving.DraftModel;
import dev.ridgepoint.model.serving.Drafter;
import dev.ridgepoint.model.serving.PromptLookup;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What guesses tokens, with the model that it needs.
 *
 * @param model what guesses, if a model does
 */
record Drafting(Drafter drafter, Optional<RunningModel> model) implements AutoCloseable {
  /** Tokens that must have been seen before for what followed them to be guessed again. */
  private static final int LONGEST = 3;

  private static final int SHORTEST = 2;

  /**
   * As the user asks for it.
   *
   * @param target the model that verifies
   * @param engine its options
   * @param sampler with random numbers of its own
   * @param capacity tokens of a sequence at most
   * @param tokensPerStep of a prompt at most
   * @param notes told what is converted
   */
  static Drafting open(
      SpeculationOptions options,
      RunningModel target,
      EngineOptions engine,
      Sampler sampler,
      int capacity,
      int tokensPerStep,
      Consumer<String> notes) {
    if (options.isNone()) {
      return new Drafting(Drafter.NONE, Optional.empty());
    }
    if (options.draftModel().isEmpty()) {
      return new Drafting(new PromptLookup(LONGEST, SHORTEST, options.tokens()), Optional.empty());
    }
    RunningModel model =
        target.openBeside(
            options.draftModel().get(),
            engine,
            // Its cache keeps as many positions more as it guesses: a step as much larger would,
            // too.
            architecture ->
                RunningModel.oneSequence(
                    tokensPerStep + options.tokens(), positions(architecture, capacity)),
            notes);
    Architecture architecture = model.setup().architecture();
    int vocabulary =
        Math.min(
            architecture.embedding().vocabSize(),
            target.setup().architecture().embedding().vocabSize());
    DraftModel drafter =
        new DraftModel(
            model.program(),
            sampler,
            new DraftModel.Shape(
                options.tokens(), vocabulary, positions(architecture, capacity), tokensPerStep));
    return new Drafting(drafter, Optional.of(model));
  }

  private static int positions(Architecture architecture, int capacity) {
    return Math.min(architecture.maxPositions(), capacity);
  }

  @Override
  public void close() {
    if (drafter instanceof DraftModel draft) {
      draft.close();
    }
    model.ifPresent(RunningModel::close);
  }
}
