package dev.ridgepoint.model.chat;

import dev.ridgepoint.model.chat.Statement.Flow;
import dev.ridgepoint.model.chat.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses a template's statements into what renders them. */
final class TemplateParser {
  private final TokenCursor tokens;
  private final ExpressionParser expressions;

  private TemplateParser(TokenCursor tokens) {
    this.tokens = tokens;
    expressions = new ExpressionParser(tokens);
  }

  /**
   * What renders a template.
   *
   * @throws TemplateException if it is malformed, or uses what is not supported
   */
  static Statement parse(String template) {
    TokenCursor tokens = new TokenCursor(TemplateLexer.tokens(template));
    Statement all = new TemplateParser(tokens).block(Set.of());
    tokens.expect(Kind.END);
    return all;
  }

  /** Statements up to one of {@code ends}, whose tag has been entered, or to the end. */
  private Statement block(Set<String> ends) {
    int depth = tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = tokens.peek();
      switch (token.kind()) {
        case TEXT -> {
          tokens.next();
          statements.add(text(token.text()));
        }
        case OUTPUT_BEGIN -> statements.add(output());
        case BLOCK_BEGIN -> {
          if (ends.contains(tokens.peekSecond().text())) {
            tokens.next();
            tokens.leave(depth);
            return Statement.block(statements);
          }
          statements.add(statement());
        }
        default -> {
          if (token.kind() != Kind.END || !ends.isEmpty()) {
            throw token.unexpected();
          }
          tokens.leave(depth);
          return Statement.block(statements);
        }
      }
    }
  }

  private static Statement text(String text) {
    return (scope, output) -> {
      output.append(scope.budget().made(text));
      return Flow.NEXT;
    };
  }

  private Statement output() {
    tokens.next();
    Expression value = expressions.tuple();
    tokens.expect(Kind.OUTPUT_END);
    return (scope, output) -> {
      output.append(scope.budget().made(PythonText.str(value.evaluate(scope))));
      return Flow.NEXT;
    };
  }

  private Statement statement() {
    tokens.next();
    Token name = tokens.expect(Kind.NAME);
    return switch (name.text()) {
      case "if" -> conditional();
      case "for" -> loop();
      case "set" -> assignment();
      case "macro" -> macro();
      case "break" -> flow(Flow.BREAK);
      case "continue" -> flow(Flow.CONTINUE);
      case "generation" -> generation();
      default -> throw new TemplateException(name.line(), "'" + name.text() + "' is not supported");
    };
  }

  private void end() {
    tokens.expect(Kind.BLOCK_END);
  }

  private Statement flow(Flow flow) {
    end();
    return (_, _) -> flow;
  }

  /** Marks what a model writes; to a reader it is nothing. */
  private Statement generation() {
    end();
    Statement body = block(Set.of("endgeneration"));
    tokens.expectName("endgeneration");
    end();
    return body;
  }

  private Statement conditional() {
    Expression condition = expressions.tuple();
    end();
    Statement then = block(Set.of("elif", "else", "endif"));
    Statement otherwise;
    if (tokens.skipName("elif")) {
      int depth = tokens.enter();
      otherwise = conditional();
      tokens.leave(depth);
    } else if (tokens.skipName("else")) {
      end();
      otherwise = block(Set.of("endif"));
      tokens.expectName("endif");
      end();
    } else {
      tokens.expectName("endif");
      end();
      otherwise = Statement.block(List.of());
    }
    return (scope, output) ->
        (Operators.truth(condition.evaluate(scope)) ? then : otherwise).render(scope, output);
  }

  private List<String> targets() {
    boolean parenthesised = tokens.skipOperator("(");
    List<String> names = new ArrayList<>();
    do {
      names.add(tokens.expect(Kind.NAME).text());
    } while (tokens.skipOperator(","));
    if (parenthesised) {
      tokens.expectOperator(")");
    }
    return names;
  }

  private Statement loop() {
    List<String> targets = targets();
    tokens.expectName("in");
    Expression elements = expressions.unconditional();
    Expression condition = tokens.skipName("if") ? expressions.expression() : _ -> true;
    end();
    Statement body = block(Set.of("else", "endfor"));
    Statement otherwise = Statement.block(List.of());
    if (tokens.skipName("else")) {
      end();
      otherwise = block(Set.of("endfor"));
    }
    tokens.expectName("endfor");
    end();
    return new Loop(targets, elements, condition, body, otherwise);
  }

  private Statement assignment() {
    if (tokens.peekSecond().is(Kind.OPERATOR, ".")) {
      return attributeAssignment();
    }
    List<String> targets = targets();
    if (tokens.skipOperator("=")) {
      Expression value = expressions.tuple();
      end();
      return (scope, _) -> {
        Loop.assign(scope, targets, value.evaluate(scope));
        return Flow.NEXT;
      };
    }
    end();
    Statement body = block(Set.of("endset"));
    tokens.expectName("endset");
    end();
    return (scope, _) -> {
      StringBuilder text = new StringBuilder();
      Flow flow = body.render(scope.inner(), text);
      Loop.assign(scope, targets, text.toString());
      return flow;
    };
  }

  private Statement attributeAssignment() {
    String name = tokens.expect(Kind.NAME).text();
    tokens.next();
    String attribute = tokens.expect(Kind.NAME).text();
    tokens.expectOperator("=");
    Expression value = expressions.tuple();
    end();
    return (scope, _) -> {
      if (!(scope.get(name) instanceof Namespace namespace)) {
        throw new TemplateException("'" + name + "' is no namespace");
      }
      namespace.attributes().put(attribute, value.evaluate(scope));
      return Flow.NEXT;
    };
  }

  private Statement macro() {
    String name = tokens.expect(Kind.NAME).text();
    Map<String, Expression> parameters = new LinkedHashMap<>();
    tokens.expectOperator("(");
    while (!tokens.skipOperator(")")) {
      String parameter = tokens.expect(Kind.NAME).text();
      parameters.put(
          parameter,
          tokens.skipOperator("=") ? expressions.expression() : _ -> new Undefined(parameter));
      if (!tokens.skipOperator(",") && !tokens.atOperator(")")) {
        throw tokens.peek().unexpected();
      }
    }
    end();
    Statement body = block(Set.of("endmacro"));
    tokens.expectName("endmacro");
    end();
    return (scope, _) -> {
      scope.set(name, callable(scope.root(), parameters, body));
      return Flow.NEXT;
    };
  }

  private static Callable callable(Scope root, Map<String, Expression> parameters, Statement body) {
    return arguments -> {
      Scope scope = root.inner();
      int index = 0;
      for (Map.Entry<String, Expression> parameter : parameters.entrySet()) {
        Object value = arguments.get(index++, parameter.getKey(), null);
        scope.set(parameter.getKey(), value == null ? parameter.getValue().evaluate(scope) : value);
      }
      StringBuilder text = new StringBuilder();
      scope.budget().enter();
      body.render(scope, text);
      scope.budget().leave();
      return text.toString();
    };
  }
}
