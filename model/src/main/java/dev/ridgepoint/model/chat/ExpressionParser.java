package dev.ridgepoint.model.chat;

import dev.ridgepoint.model.chat.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses Jinja's expressions into what computes them, from the loosest operator to the tightest.
 */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  /** What ends a test rather than being its argument. */
  private static final Set<String> NO_ARGUMENTS =
      Set.of("and", "or", "not", "else", "if", "is", "in", "recursive");

  private final TokenCursor tokens;

  ExpressionParser(TokenCursor tokens) {
    this.tokens = tokens;
  }

  /** An expression, with {@code if} and {@code else}. */
  Expression expression() {
    int depth = tokens.enter();
    Expression value = or();
    while (tokens.skipName("if")) {
      tokens.enter();
      Expression then = value;
      Expression condition = or();
      Expression otherwise = tokens.skipName("else") ? expression() : _ -> new Undefined("else");
      value =
          scope ->
              Operators.truth(condition.evaluate(scope))
                  ? then.evaluate(scope)
                  : otherwise.evaluate(scope);
    }
    tokens.leave(depth);
    return value;
  }

  /** As {@link #expression}, without {@code if}: what a loop goes through. */
  Expression unconditional() {
    int depth = tokens.enter();
    Expression value = or();
    tokens.leave(depth);
    return value;
  }

  /** An expression, or several with commas between, which are a list. */
  Expression tuple() {
    Expression first = expression();
    if (!tokens.atOperator(",")) {
      return first;
    }
    List<Expression> all = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",")) {
      if (tokens.peek().kind() == Kind.BLOCK_END || tokens.atOperator(")")) {
        break;
      }
      all.add(expression());
    }
    return list(all);
  }

  private Expression or() {
    Expression value = and();
    while (tokens.skipName("or")) {
      tokens.enter();
      Expression left = value;
      Expression right = and();
      value =
          scope -> {
            Object result = left.evaluate(scope);
            return Operators.truth(result) ? result : right.evaluate(scope);
          };
    }
    return value;
  }

  private Expression and() {
    Expression value = not();
    while (tokens.skipName("and")) {
      tokens.enter();
      Expression left = value;
      Expression right = not();
      value =
          scope -> {
            Object result = left.evaluate(scope);
            return Operators.truth(result) ? right.evaluate(scope) : result;
          };
    }
    return value;
  }

  private Expression not() {
    if (!tokens.skipName("not")) {
      return comparison();
    }
    tokens.enter();
    Expression value = not();
    return scope -> !Operators.truth(value.evaluate(scope));
  }

  /** Comparisons in a row hold if each does: {@code a < b < c}. */
  private Expression comparison() {
    Expression value = sum();
    Expression left = value;
    Expression all = null;
    while (true) {
      String operator = comparisonOperator();
      if (operator == null) {
        return all == null ? value : all;
      }
      tokens.enter();
      Expression right = sum();
      Expression before = all;
      Expression from = left;
      all =
          scope ->
              (before == null || Operators.truth(before.evaluate(scope)))
                  && compare(operator, from.evaluate(scope), right.evaluate(scope));
      left = right;
    }
  }

  private String comparisonOperator() {
    Token token = tokens.peek();
    if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
      return tokens.next().text();
    }
    if (tokens.skipName("in")) {
      return "in";
    }
    if (tokens.atName("not") && tokens.peekSecond().is(Kind.NAME, "in")) {
      tokens.next();
      tokens.next();
      return "not in";
    }
    return null;
  }

  private static boolean compare(String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> Operators.equal(left, right);
      case "!=" -> !Operators.equal(left, right);
      case "in" -> Operators.contains(right, left);
      case "not in" -> !Operators.contains(right, left);
      case "<" -> Operators.compare(left, right) < 0;
      case "<=" -> Operators.compare(left, right) <= 0;
      case ">" -> Operators.compare(left, right) > 0;
      default -> Operators.compare(left, right) >= 0;
    };
  }

  private Expression sum() {
    Expression value = concatenation();
    while (tokens.atOperator("+") || tokens.atOperator("-")) {
      tokens.enter();
      boolean plus = tokens.next().text().equals("+");
      Expression left = value;
      Expression right = concatenation();
      value =
          scope -> {
            scope.budget().step();
            Object a = left.evaluate(scope);
            Object b = right.evaluate(scope);
            return plus ? Operators.add(a, b, scope.budget()) : Operators.arithmetic("-", a, b);
          };
    }
    return value;
  }

  private Expression concatenation() {
    Expression value = product();
    while (tokens.skipOperator("~")) {
      tokens.enter();
      Expression left = value;
      Expression right = product();
      value =
          scope ->
              scope
                  .budget()
                  .made(
                      PythonText.str(left.evaluate(scope)) + PythonText.str(right.evaluate(scope)));
    }
    return value;
  }

  private Expression product() {
    Expression value = power();
    while (tokens.peek().kind() == Kind.OPERATOR
        && List.of("*", "/", "//", "%").contains(tokens.peek().text())) {
      tokens.enter();
      String operator = tokens.next().text();
      Expression left = value;
      Expression right = power();
      value =
          scope -> {
            Object a = left.evaluate(scope);
            Object b = right.evaluate(scope);
            return operator.equals("*")
                ? Operators.multiply(a, b, scope.budget())
                : Operators.arithmetic(operator, a, b);
          };
    }
    return value;
  }

  /** From left to right, and looser than a sign, unlike Python's. */
  private Expression power() {
    Expression value = filtered(signed());
    while (tokens.skipOperator("**")) {
      tokens.enter();
      Expression base = value;
      Expression exponent = filtered(signed());
      value = scope -> Operators.arithmetic("**", base.evaluate(scope), exponent.evaluate(scope));
    }
    return value;
  }

  private Expression signed() {
    if (!tokens.atOperator("-") && !tokens.atOperator("+")) {
      return new PrimaryParser(tokens, this).postfixed();
    }
    String sign = tokens.next().text();
    tokens.enter();
    Expression value = signed();
    return scope -> Operators.arithmetic(sign, 0L, value.evaluate(scope));
  }

  /** A value with the filters and tests behind it. */
  private Expression filtered(Expression unfiltered) {
    Expression value = unfiltered;
    while (true) {
      if (tokens.skipOperator("|")) {
        tokens.enter();
        value = filter(value);
      } else if (tokens.skipName("is")) {
        tokens.enter();
        value = test(value);
      } else {
        return value;
      }
    }
  }

  private Expression filter(Expression value) {
    String name = tokens.expect(Kind.NAME).text();
    ArgumentList arguments =
        tokens.atOperator("(") ? ArgumentList.parse(tokens, this) : ArgumentList.NONE;
    return scope -> {
      scope.budget().step();
      return Filters.apply(name, value.evaluate(scope), arguments.evaluate(scope), scope.budget());
    };
  }

  private Expression test(Expression value) {
    boolean negated = tokens.skipName("not");
    String name = tokens.next().text();
    ArgumentList arguments = ArgumentList.NONE;
    if (tokens.atOperator("(")) {
      arguments = ArgumentList.parse(tokens, this);
    } else if (beginsArgument(tokens.peek())) {
      arguments = new ArgumentList(List.of(new PrimaryParser(tokens, this).postfixed()), Map.of());
    }
    ArgumentList given = arguments;
    return scope -> Tests.holds(name, value.evaluate(scope), given.evaluate(scope)) != negated;
  }

  private static boolean beginsArgument(Token token) {
    return switch (token.kind()) {
      case NAME -> !NO_ARGUMENTS.contains(token.text());
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }

  /** A list of the values of expressions. */
  static Expression list(List<Expression> elements) {
    return scope -> {
      scope.budget().step();
      return elements.stream().map(each -> each.evaluate(scope)).toList();
    };
  }
}
