package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.TextInput;
import dev.ridgepoint.bench.text.JsonTables;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.chat.ChatMessage;
import dev.ridgepoint.model.chat.ChatTemplateFiles;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns text into a model's tokens and back. */
@Command(
    name = "tokenize",
    description = "Prints the token ids of a text, or the text of token ids.",
    mixinStandardHelpOptions = true)
final class TokenizeCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description =
          "A model folder, a tokenizer.json, a SentencePiece tokenizer.model or a .gguf file.")
  private String path;

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..1",
      description =
          "The text, or - for what the standard input holds, in UTF-8 (default: what is piped in,"
              + " if that begins within 2 seconds).")
  private String text;

  @Option(
      names = "--decode",
      paramLabel = "IDS",
      description = "Print the text of these token ids, separated by commas.")
  private String ids;

  @Option(
      names = "--chat",
      description = "TEXT is a user's message: write it as the model's chat template does.")
  private boolean chat;

  @Option(
      names = "--special",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Add the special tokens that the model wants around a text, and show those in IDS"
              + " (default: ${DEFAULT-VALUE}).")
  private boolean special;

  @Option(
      names = "--json",
      description = "Print {\"text\": ..., \"ids\": [...], \"pieces\": [...]}.")
  private boolean json;

  @Spec private CommandSpec spec;

  private record Tokens(String text, int[] ids, List<String> pieces) {}

  @Override
  public Integer call() throws IOException {
    Optional<String> input = input();
    if (input.isPresent() == (ids != null)) {
      throw new InvalidInputException("TEXT", "give either a text or --decode IDS");
    }
    if (chat && ids != null) {
      throw new InvalidInputException("--chat", "needs a text, not --decode IDS");
    }
    Path model = ModelSource.existing(path);
    Tokenizer tokenizer = TokenizerFiles.read(model);
    if (ids != null) {
      int[] given = ids();
      Tokens tokens = tokens(tokenizer, tokenizer.decode(given, special), given);
      Output.print(spec, json ? JsonTables.text(tokens) : tokens.text());
      return 0;
    }
    String written = chat ? chat(model, input.get()) : input.get();
    // A chat template writes the special tokens itself.
    Tokens tokens = tokens(tokenizer, written, tokenizer.encode(written, special && !chat, true));
    Output.print(spec, json ? JsonTables.text(tokens) : table(tokens));
    return 0;
  }

  private static String chat(Path model, String message) {
    return ChatTemplateFiles.read(model)
        .render(
            List.of(new ChatMessage("user", message)),
            true,
            LocalDateTime.now(ZoneId.systemDefault()));
  }

  private Optional<String> input() throws IOException {
    if (text == null) {
      return ids == null ? TextInput.piped() : Optional.empty();
    }
    return Optional.of(text.equals(TextInput.STANDARD_INPUT) ? TextInput.standardInput() : text);
  }

  private int[] ids() {
    return Arrays.stream(ids.split(",", -1)).mapToInt(TokenizeCommand::id).toArray();
  }

  private static int id(String token) {
    try {
      return Integer.parseInt(token.strip());
    } catch (NumberFormatException e) {
      throw new InvalidInputException("--decode", "'" + token + "' is no token id", e);
    }
  }

  private static Tokens tokens(Tokenizer tokenizer, String text, int[] ids) {
    List<String> pieces =
        IntStream.of(ids).mapToObj(id -> tokenizer.vocabulary().piece(id).orElse("")).toList();
    return new Tokens(text, ids, pieces);
  }

  /** A line per token, and the ids as {@code --decode} and {@code ridge logits} take them. */
  private static String table(Tokens tokens) {
    String lines =
        IntStream.range(0, tokens.ids().length)
            .mapToObj(
                i ->
                    String.format(
                        Locale.ROOT,
                        "%7d  %s%n",
                        tokens.ids()[i],
                        JsonTables.text(tokens.pieces().get(i))))
            .collect(Collectors.joining());
    return lines
        + IntStream.of(tokens.ids()).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }
}
