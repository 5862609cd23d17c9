package dev.ridgepoint.model.chat;

import dev.ridgepoint.model.chat.Token.Kind;
import java.util.List;

/** Goes through the tokens of a template. */
final class TokenCursor {
  private static final int MAX_DEPTH = 200;

  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenCursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  /** The token behind the next. */
  Token peekSecond() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean at(Kind kind, String text) {
    return peek().is(kind, text);
  }

  boolean atOperator(String text) {
    return at(Kind.OPERATOR, text);
  }

  boolean atName(String text) {
    return at(Kind.NAME, text);
  }

  /** Passes over a token if it is the next. */
  boolean skip(Kind kind, String text) {
    boolean found = at(kind, text);
    if (found) {
      next();
    }
    return found;
  }

  boolean skipOperator(String text) {
    return skip(Kind.OPERATOR, text);
  }

  boolean skipName(String text) {
    return skip(Kind.NAME, text);
  }

  /** Passes over a token that must be the next. */
  void expectOperator(String text) {
    if (!skipOperator(text)) {
      throw peek().unexpected();
    }
  }

  void expectName(String text) {
    if (!skipName(text)) {
      throw peek().unexpected();
    }
  }

  /** The token of a kind that must be the next. */
  Token expect(Kind kind) {
    if (peek().kind() != kind) {
      throw peek().unexpected();
    }
    return next();
  }

  /**
   * Enters something nested, or goes on in a chain: every level takes some of the stack.
   *
   * @return the depth before, for {@link #leave}
   */
  int enter() {
    if (depth == MAX_DEPTH) {
      throw new TemplateException(peek().line(), "nests more than " + MAX_DEPTH + " deep");
    }
    return depth++;
  }

  /** Goes back to a depth. */
  void leave(int before) {
    depth = before;
  }
}
