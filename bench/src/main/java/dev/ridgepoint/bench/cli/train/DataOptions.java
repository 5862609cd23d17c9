package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.TextInput;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** What a decoder is trained on, as token ids: a text file, or stories. */
final class DataOptions {
  private static final String STORIES = "stories";
  static final int MOST_STORIES = 1_000_000;

  /** Of the tokenizer that a model folder gets which has none: three special tokens come first. */
  private static final int FIRST_BYTE = 3;

  private static final int BYTES = 256;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "A text in UTF-8, or stories: those of ridge stories, drawn from the seed.")
  private String data;

  @Option(
      names = "--stories",
      paramLabel = "N",
      defaultValue = "20000",
      description = "With --data stories: how many (default: ${DEFAULT-VALUE}).")
  private int stories;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description =
          "A model folder or a tokenizer.json whose tokens the text becomes (default: each byte of"
              + " a file is a token; of stories a vocabulary as large as the model's is learnt).")
  private String tokenizer;

  /** Refuses what cannot be, before anything is read. */
  void check() {
    OptionChecks.requireIn("--stories", stories, 1, MOST_STORIES);
  }

  /**
   * Makes sure that there is a tokenizer, if there shall be one: with stories and without {@code
   * --tokenizer} it is the run's own, which the run's folder holds.
   *
   * @param vocabulary tokens of the model
   * @param isResumed whether the run's folder has it already
   * @return where it lies
   */
  Optional<Path> tokenizer(int vocabulary, long seed, Path run, boolean isResumed)
      throws IOException {
    if (tokenizer != null) {
      return Optional.of(ModelSource.path(tokenizer));
    }
    if (!data.equals(STORIES)) {
      return Optional.empty();
    }
    if (!isResumed) {
      StoryTokens.learnTokenizer(vocabulary, stories, seed, run);
    }
    return Optional.of(run);
  }

  /** What the data is called in messages. */
  String source() {
    return data;
  }

  /**
   * The data's tokens.
   *
   * @param tokenizerPath as {@link #tokenizer} says
   * @param vocabulary tokens of the model
   * @throws InvalidInputException if one of the data's is not among them
   */
  int[] tokens(Optional<Path> tokenizerPath, int vocabulary, long seed) throws IOException {
    if (tokenizerPath.isEmpty()) {
      requireIn("--config", FIRST_BYTE + BYTES - 1, vocabulary);
      byte[] bytes = text().getBytes(StandardCharsets.UTF_8);
      return IntStream.range(0, bytes.length).map(i -> FIRST_BYTE + (bytes[i] & 0xff)).toArray();
    }
    Path path = tokenizerPath.get();
    int[] tokens =
        data.equals(STORIES)
            ? StoryTokens.of(Part.TRAINING, stories, seed, path)
            : TokenizerFiles.read(path).encode(text(), true, false);
    IntStream.of(tokens).max().ifPresent(token -> requireIn(path.toString(), token, vocabulary));
    return tokens;
  }

  private String text() throws IOException {
    return TextInput.file(ModelSource.path(data));
  }

  private static void requireIn(String source, int token, int vocabulary) {
    if (token >= vocabulary) {
      throw new InvalidInputException(
          source,
          String.format(
              Locale.ROOT, "token %,d is not in the model's vocabulary of %,d", token, vocabulary));
    }
  }
}
