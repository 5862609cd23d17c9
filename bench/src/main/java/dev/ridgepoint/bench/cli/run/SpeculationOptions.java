package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import dev.ridgepoint.model.tokenizer.Vocabulary;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether several tokens are guessed and verified in one step, and by what. */
final class SpeculationOptions {
  private static final int LOOKUP_TOKENS = 7;
  private static final int MODEL_TOKENS = 4;
  private static final int MOST_TOKENS = 64;

  @Option(
      names = "--speculative",
      paramLabel = "WAY",
      description =
          "Guess tokens and verify several in one step: lookup guesses that what followed the last"
              + " tokens before follows again, draft asks the model of --draft-model. The text"
              + " stays as likely as without.")
  private String way;

  @Option(
      names = "--draft-model",
      paramLabel = "MODEL",
      description = "With --speculative draft: a smaller model of the same vocabulary.")
  private String draftModel;

  @Option(
      names = "--draft-tokens",
      paramLabel = "K",
      description = "Guesses of a step at most (default: 7 of a lookup, 4 of a draft model).")
  private Integer tokens;

  /** Names the model that guesses, if one shall and the user named none. */
  void setDefaultDraftModel(String name) {
    draftModel = draftModel == null && isDraft() ? name : draftModel;
  }

  /**
   * @throws InvalidInputException if the flags contradict each other
   */
  void check() {
    if (way != null && !way.equals("lookup") && !way.equals("draft")) {
      throw new InvalidInputException(
          "--speculative", "must be lookup or draft, but is \"" + way + "\"");
    }
    if (draftModel == null && isDraft()) {
      throw new InvalidInputException("--draft-model", "is missing: --speculative draft needs it");
    }
    if (draftModel != null && !isDraft()) {
      throw new InvalidInputException("--draft-model", "needs --speculative draft");
    }
    if (tokens != null) {
      if (way == null) {
        throw new InvalidInputException("--draft-tokens", "needs --speculative");
      }
      OptionChecks.requireIn("--draft-tokens", tokens, 1, MOST_TOKENS);
    }
  }

  /** Whether nothing is guessed. */
  boolean isNone() {
    return way == null;
  }

  private boolean isDraft() {
    return "draft".equals(way);
  }

  /** Guesses of a step at most. */
  int tokens() {
    return tokens != null ? tokens : isDraft() ? MODEL_TOKENS : LOOKUP_TOKENS;
  }

  /** The model that guesses, if one does. */
  Optional<String> draftModel() {
    return Optional.ofNullable(draftModel);
  }

  /**
   * Checks that a token means the same to both models.
   *
   * @throws InvalidInputException if the model that guesses has other tokens
   */
  void requireSameVocabulary(Tokenizer tokenizer) {
    if (draftModel == null) {
      return;
    }
    Vocabulary other = TokenizerFiles.read(ModelSource.withWeights(draftModel)).vocabulary();
    tokenizer
        .vocabulary()
        .difference(other)
        .ifPresent(
            difference -> {
              throw new InvalidInputException(
                  "--draft-model", draftModel + " has another vocabulary: " + difference);
            });
  }
}
