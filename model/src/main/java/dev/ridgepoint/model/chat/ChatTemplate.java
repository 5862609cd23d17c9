package dev.ridgepoint.model.chat;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a conversation as the text that a model was trained on, by the Jinja template that comes
 * with the model. It is rendered as Hugging Face's {@code apply_chat_template} does; what it costs
 * is bounded, and it sees nothing but its variables. Safe for use by several threads.
 */
public final class ChatTemplate {
  private final String source;
  private final Map<String, String> specialTokens;
  private final Statement template;

  /**
   * Parses a template.
   *
   * @param source where it comes from, for messages
   * @param template Jinja's text
   * @param specialTokens such as {@code bos_token}, by name
   * @throws InvalidInputException if it is malformed, or uses what is not supported
   */
  public ChatTemplate(String source, String template, Map<String, String> specialTokens) {
    this.source = source;
    this.specialTokens = Map.copyOf(specialTokens);
    try {
      this.template = TemplateParser.parse(template);
    } catch (TemplateException e) {
      throw invalid(e);
    }
  }

  /**
   * The text of a conversation.
   *
   * @param addGenerationPrompt whether it ends where the assistant is to speak
   * @param now what the template may write as today
   * @throws InvalidInputException if the template refuses the conversation, fails or takes too much
   */
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt, LocalDateTime now) {
    Budget budget = new Budget();
    Map<String, Object> variables = new HashMap<>(Globals.of(now, budget));
    variables.putAll(specialTokens);
    List<Object> list = new ArrayList<>();
    for (ChatMessage message : messages) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("role", message.role());
      map.put("content", message.content());
      list.add(map);
    }
    variables.put("messages", list);
    variables.put("add_generation_prompt", addGenerationPrompt);
    // Hugging Face passes both, None where there are none.
    variables.put("tools", None.NONE);
    variables.put("documents", None.NONE);
    StringBuilder output = new StringBuilder();
    try {
      template.render(Scope.root(variables, budget), output);
    } catch (TemplateException e) {
      throw invalid(e);
    }
    return output.toString();
  }

  private InvalidInputException invalid(TemplateException e) {
    return new InvalidInputException(
        source, "chat template: " + StrictJson.cut(String.valueOf(e.getMessage())), e);
  }
}
