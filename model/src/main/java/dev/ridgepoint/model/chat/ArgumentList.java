package dev.ridgepoint.model.chat;

import dev.ridgepoint.model.chat.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a call, as they stand in the template. */
record ArgumentList(List<Expression> positional, Map<String, Expression> named) {
  static final ArgumentList NONE = new ArgumentList(List.of(), Map.of());

  /** Parses those that the next parentheses hold. */
  static ArgumentList parse(TokenCursor tokens, ExpressionParser expressions) {
    tokens.expectOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.skipOperator(")")) {
      if (tokens.peek().kind() == Kind.NAME && tokens.peekSecond().is(Kind.OPERATOR, "=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expressions.expression());
      } else {
        positional.add(expressions.expression());
      }
      if (!tokens.skipOperator(",") && !tokens.atOperator(")")) {
        throw tokens.peek().unexpected();
      }
    }
    return new ArgumentList(positional, named);
  }

  Arguments evaluate(Scope scope) {
    if (positional.isEmpty() && named.isEmpty()) {
      return Arguments.NONE;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    named.forEach((name, value) -> values.put(name, value.evaluate(scope)));
    return new Arguments(positional.stream().map(each -> each.evaluate(scope)).toList(), values);
  }
}
