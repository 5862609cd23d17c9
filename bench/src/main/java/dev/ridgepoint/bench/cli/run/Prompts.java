package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.OwnModels;
import dev.ridgepoint.bench.cli.options.TextInput;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the user says, turn by turn. */
final class Prompts {
  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description =
          "The text to continue, or - for what the standard input holds, in UTF-8, without its last"
              + " line's end (default: what is piped in, if that begins within 2 seconds; else,"
              + " without --model, \""
              + OwnModels.BEGINNING
              + "\").")
  private String text;

  @Option(
      names = "--prompt-file",
      paramLabel = "FILE",
      description = "A file with the text to continue, in UTF-8.")
  private String file;

  @Option(
      names = "--chat",
      description =
          "Write prompts as the model's chat template does. Without --prompt each line of the"
              + " standard input is a turn of one conversation.")
  private boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "With --chat: the system's message.")
  private String system;

  private Optional<String> piped = Optional.empty();
  private BufferedReader lines;
  private boolean isDefault;
  private boolean isGiven;

  /** Takes what is piped in as the text to continue, unless the user gave one or wants to chat. */
  void takePiped() throws IOException {
    if (isConversation() && !chat) {
      piped = TextInput.piped().map(Prompts::withoutLineEnd);
    }
  }

  /** Gives the text to continue, unless the user gave one or wants to chat. */
  void setDefault(String prompt) {
    isDefault = isConversation() && !chat;
    text = isDefault ? prompt : text;
  }

  /** What to show before the answer: a text that the user did not give, or nothing. */
  String unseen() {
    return isDefault ? text : "";
  }

  /**
   * @throws InvalidInputException if the flags contradict each other
   */
  void check() {
    if (text != null && file != null) {
      throw new InvalidInputException("--prompt-file", "cannot be given beside --prompt");
    }
    if (system != null && !chat) {
      throw new InvalidInputException("--system", "needs --chat");
    }
    if (isConversation() && !chat) {
      throw new InvalidInputException("--prompt", "is missing; or give --prompt-file or --chat");
    }
  }

  boolean isChat() {
    return chat;
  }

  Optional<String> system() {
    return Optional.ofNullable(system);
  }

  /** Whether lines of the standard input are turns. */
  boolean isConversation() {
    return text == null && file == null && piped.isEmpty();
  }

  /** The next prompt, if there is one. */
  Optional<String> next() throws IOException {
    if (isConversation()) {
      if (lines == null) {
        lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      }
      return Optional.ofNullable(lines.readLine());
    }
    if (isGiven) {
      return Optional.empty();
    }
    isGiven = true;
    if (piped.isPresent()) {
      return piped;
    }
    if (file != null) {
      return Optional.of(TextInput.file(ModelSource.path(file)));
    }
    return Optional.of(
        text.equals(TextInput.STANDARD_INPUT) ? withoutLineEnd(TextInput.standardInput()) : text);
  }

  /** As {@code echo} adds it, it is no part of what shall be continued. */
  private static String withoutLineEnd(String text) {
    return text.replaceFirst("\\r?\\n\\z", "");
  }
}
