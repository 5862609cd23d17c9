package dev.ridgepoint.model.chat;

import dev.ridgepoint.model.chat.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses what expressions are made of: literals, names, and what is taken out of them. */
final class PrimaryParser {
  private final TokenCursor tokens;
  private final ExpressionParser expressions;

  PrimaryParser(TokenCursor tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** A value with the attributes, items and calls behind it. */
  Expression postfixed() {
    Expression value = primary();
    while (true) {
      if (tokens.skipOperator(".")) {
        tokens.enter();
        value = attribute(value);
      } else if (tokens.skipOperator("[")) {
        tokens.enter();
        value = item(value);
      } else if (tokens.atOperator("(")) {
        tokens.enter();
        value = call(value);
      } else {
        return value;
      }
    }
  }

  private Expression primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case STRING -> strings(token.text());
      case INTEGER -> constant(integer(token));
      case FLOAT -> constant(Double.parseDouble(token.text()));
      case NAME -> name(token.text());
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> parenthesised();
            case "[" -> list();
            case "{" -> map();
            default -> throw token.unexpected();
          };
      default -> throw token.unexpected();
    };
  }

  private static Expression constant(Object value) {
    return _ -> value;
  }

  /** Strings in a row are one. */
  private Expression strings(String first) {
    StringBuilder text = new StringBuilder(first);
    while (tokens.peek().kind() == Kind.STRING) {
      text.append(tokens.next().text());
    }
    return constant(text.toString());
  }

  private static long integer(Token token) {
    try {
      return Long.parseLong(token.text());
    } catch (NumberFormatException e) {
      throw token.unexpected();
    }
  }

  private static Expression name(String name) {
    return switch (name) {
      case "true", "True" -> constant(true);
      case "false", "False" -> constant(false);
      case "none", "None" -> constant(None.NONE);
      default -> scope -> scope.get(name);
    };
  }

  private Expression parenthesised() {
    if (tokens.skipOperator(")")) {
      return constant(List.of());
    }
    Expression value = expressions.tuple();
    tokens.expectOperator(")");
    return value;
  }

  private Expression list() {
    List<Expression> elements = new ArrayList<>();
    while (!tokens.skipOperator("]")) {
      elements.add(expressions.expression());
      if (!tokens.skipOperator(",") && !tokens.atOperator("]")) {
        throw tokens.peek().unexpected();
      }
    }
    return ExpressionParser.list(elements);
  }

  private Expression map() {
    Map<Expression, Expression> entries = new LinkedHashMap<>();
    while (!tokens.skipOperator("}")) {
      Expression key = expressions.expression();
      tokens.expectOperator(":");
      entries.put(key, expressions.expression());
      if (!tokens.skipOperator(",") && !tokens.atOperator("}")) {
        throw tokens.peek().unexpected();
      }
    }
    return scope -> {
      Map<Object, Object> map = new LinkedHashMap<>();
      entries.forEach((key, value) -> map.put(key.evaluate(scope), value.evaluate(scope)));
      return map;
    };
  }

  private Expression attribute(Expression value) {
    if (tokens.peek().kind() == Kind.INTEGER) {
      long index = integer(tokens.next());
      return scope -> Operators.item(value.evaluate(scope), index);
    }
    String name = tokens.expect(Kind.NAME).text();
    return scope -> {
      scope.budget().step();
      return Methods.attribute(value.evaluate(scope), name, scope.budget());
    };
  }

  private Expression item(Expression value) {
    Expression none = constant(None.NONE);
    Expression first = tokens.atOperator(":") ? none : expressions.expression();
    if (tokens.skipOperator("]")) {
      return scope -> {
        scope.budget().step();
        return Operators.item(value.evaluate(scope), first.evaluate(scope));
      };
    }
    tokens.expectOperator(":");
    Expression stop =
        tokens.atOperator(":") || tokens.atOperator("]") ? none : expressions.expression();
    boolean hasStep = tokens.skipOperator(":") && !tokens.atOperator("]");
    Expression step = hasStep ? expressions.expression() : none;
    tokens.expectOperator("]");
    return scope -> {
      scope.budget().step();
      return Operators.slice(
          value.evaluate(scope), first.evaluate(scope), stop.evaluate(scope), step.evaluate(scope));
    };
  }

  private Expression call(Expression function) {
    int line = tokens.peek().line();
    ArgumentList arguments = ArgumentList.parse(tokens, expressions);
    return scope -> {
      scope.budget().step();
      return switch (function.evaluate(scope)) {
        case Callable callable -> callable.call(arguments.evaluate(scope));
        case Undefined undefined -> throw undefined.refused();
        case Object other ->
            throw new TemplateException(line, Operators.kind(other) + " cannot be called");
      };
    };
  }
}
