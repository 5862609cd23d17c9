package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.model.chat.ChatMessage;
import dev.ridgepoint.model.chat.ChatTemplate;
import dev.ridgepoint.model.chat.ChatTemplateFiles;
import dev.ridgepoint.model.tokenizer.EndTokens;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Prompts and answers as the model's tokens: as they are, or as its chat template writes them. */
final class Dialogue {
  private final Tokenizer tokenizer;
  private final Set<Integer> endTokens;
  private final Optional<ChatTemplate> template;
  private final List<ChatMessage> messages = new ArrayList<>();

  private Dialogue(Tokenizer tokenizer, Set<Integer> endTokens, Optional<ChatTemplate> template) {
    this.tokenizer = tokenizer;
    this.endTokens = endTokens;
    this.template = template;
  }

  /**
   * With the tokenizer of a model.
   *
   * @throws dev.ridgepoint.estimator.input.InvalidInputException if it has none, or with a chat no
   *     template
   */
  static Dialogue of(Path model, boolean isChat, Optional<String> system) {
    Tokenizer tokenizer = TokenizerFiles.read(model);
    Dialogue dialogue =
        new Dialogue(
            tokenizer,
            EndTokens.read(model, tokenizer.vocabulary()),
            isChat ? Optional.of(ChatTemplateFiles.read(model)) : Optional.empty());
    system.ifPresent(text -> dialogue.messages.add(new ChatMessage("system", text)));
    return dialogue;
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  boolean isEnd(int token) {
    return endTokens.contains(token);
  }

  /** All that was said, with a further prompt. */
  int[] ask(String prompt) {
    if (template.isEmpty()) {
      return tokenizer.encode(prompt, true, true);
    }
    messages.add(new ChatMessage("user", prompt));
    // A chat template writes the special tokens itself.
    return tokenizer.encode(
        template.get().render(messages, true, LocalDateTime.now(ZoneId.systemDefault())),
        false,
        true);
  }

  /** What the model said. */
  void answered(String text) {
    messages.add(new ChatMessage("assistant", text));
  }
}
