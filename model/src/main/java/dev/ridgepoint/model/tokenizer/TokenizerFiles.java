package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.FileHeader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds and reads a model's tokenizer. */
public final class TokenizerFiles {
  static final String JSON = "tokenizer.json";

  /** SentencePiece's file as Llama's and T5's folders name it. */
  private static final List<String> SENTENCE_PIECE = List.of("tokenizer.model", "spiece.model");

  private TokenizerFiles() {}

  /**
   * The tokenizer of a model folder, a {@code tokenizer.json}, a SentencePiece {@code .model} or a
   * GGUF file.
   *
   * @throws InvalidInputException if there is none, or it is malformed or not supported
   */
  public static Tokenizer read(Path path) {
    if (Files.isDirectory(path)) {
      return read(inFolder(path));
    }
    if (FileHeader.isGguf(path)) {
      return GgufTokenizer.read(path);
    }
    String name = path.toString();
    if (name.endsWith(".json")) {
      return TokenizerJson.read(path);
    }
    if (!name.endsWith(".model")) {
      throw new InvalidInputException(
          name, "is no model folder, tokenizer.json, tokenizer.model or .gguf file");
    }
    if (!Files.isRegularFile(path)) {
      throw new InvalidInputException(
          name, Files.exists(path) ? "is not a regular file" : "no such file");
    }
    return SentencePieceFile.read(path, SpecialTokens.of(path.toAbsolutePath().getParent()));
  }

  /** Whether a model has one: a folder in a file, a GGUF file always. */
  public static boolean has(Path model) {
    return Files.isDirectory(model) ? find(model).isPresent() : FileHeader.isGguf(model);
  }

  private static Optional<Path> find(Path folder) {
    return Stream.concat(Stream.of(JSON), SENTENCE_PIECE.stream())
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst();
  }

  private static Path inFolder(Path folder) {
    return find(folder)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    folder.toString(),
                    "has no tokenizer: neither %s nor %s"
                        .formatted(JSON, String.join(" nor ", SENTENCE_PIECE))));
  }
}
