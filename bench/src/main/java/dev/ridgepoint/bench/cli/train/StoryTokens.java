package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.tokenizer.BytePairTrainer;
import dev.ridgepoint.model.tokenizer.EndTokens;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stories as token ids. */
public final class StoryTokens {
  /** Of a run that says no other number. */
  public static final int USUAL_STORIES = 20_000;

  /** That a tokenizer is learnt from: more of them hardly change it. */
  private static final int TOKENIZER_STORIES = 20_000;

  private StoryTokens() {}

  /**
   * Learns a tokenizer from the first stories to train on, and writes it.
   *
   * @param vocabulary its tokens
   * @param stories that there are
   * @param folder made where missing
   */
  static void learnTokenizer(int vocabulary, int stories, long seed, Path folder)
      throws IOException {
    BytePairTrainer trainer = new BytePairTrainer();
    Stories.of(Part.TRAINING, seed)
        .limit(Math.min(stories, TOKENIZER_STORIES))
        .forEach(trainer::add);
    Files.createDirectories(folder);
    trainer.train(vocabulary).write(folder);
  }

  /**
   * The first stories of a part and a seed, each with its end.
   *
   * @param tokenizer its file or folder
   * @throws InvalidInputException if it has no token that ends a text
   */
  static int[] of(Part part, int stories, long seed, Path tokenizer) {
    return of(part, stories, Long.MAX_VALUE, seed, tokenizer);
  }

  /**
   * The same up to a number of tokens.
   *
   * @throws InvalidInputException if the tokenizer has no token that ends a text
   */
  public static int[] of(Part part, int stories, long tokens, long seed, Path tokenizer) {
    Tokenizer known = TokenizerFiles.read(tokenizer);
    int end =
        EndTokens.read(tokenizer, known.vocabulary()).stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        tokenizer.toString(),
                        "names no token that ends a text, as each story needs"));
    return known.encodeAll(Stories.of(part, seed).limit(stories), end).limit(tokens).toArray();
  }
}
