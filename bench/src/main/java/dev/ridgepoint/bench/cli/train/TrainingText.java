package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.cli.options.TextInput;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** A text file as token ids. */
final class TrainingText {
  /** Of the tokenizer that a model folder gets which has none: three special tokens come first. */
  private static final int FIRST_BYTE = 3;

  private static final int BYTES = 256;

  private TrainingText() {}

  /**
   * The tokens of a file.
   *
   * @param tokenizer a {@code tokenizer.json}, or what else holds one; without one a byte is a
   *     token
   * @throws InvalidInputException if a token is not in the model's vocabulary
   */
  static int[] tokens(Path file, Optional<Path> tokenizer, Architecture architecture)
      throws IOException {
    String text = TextInput.file(file);
    int vocabulary = architecture.embedding().vocabSize();
    if (tokenizer.isEmpty()) {
      requireIn("--config", FIRST_BYTE + BYTES - 1, vocabulary);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int[] tokens = new int[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        tokens[i] = FIRST_BYTE + (bytes[i] & 0xff);
      }
      return tokens;
    }
    Tokenizer known = TokenizerFiles.read(tokenizer.get());
    int[] tokens = known.encode(text, true, false);
    for (int token : tokens) {
      requireIn(tokenizer.get().toString(), token, vocabulary);
    }
    return tokens;
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
