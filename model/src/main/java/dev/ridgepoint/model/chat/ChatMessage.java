package dev.ridgepoint.model.chat;

/**
 * A message of a conversation.
 *
 * @param role such as {@code system}, {@code user} or {@code assistant}
 * @param content what is said
 */
public record ChatMessage(String role, String content) {}
