package dev.ridgepoint.bench.text;

import dev.ridgepoint.estimator.explain.Derivation;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a number comes about, for a terminal: formula, what was put in, terms, source. */
public final class DerivationText {
  private DerivationText() {}

  /** Several lines, each ending with \n. */
  public static String render(Derivation derivation) {
    StringBuilder out = new StringBuilder();
    out.append(derivation.quantity())
        .append(" = ")
        .append(number(derivation.value()))
        .append(derivation.unit().isEmpty() ? "" : " " + derivation.unit())
        .append('\n');
    out.append(WrappedText.hanging("  = ", derivation.formula()));
    if (!derivation.inputs().isEmpty()) {
      String inputs =
          derivation.inputs().entrySet().stream()
              .map(input -> input.getKey() + " = " + number(input.getValue()))
              .collect(Collectors.joining(", "));
      out.append(WrappedText.hanging("  with ", inputs));
    }
    List<List<String>> rows = new ArrayList<>();
    double total = derivation.value().doubleValue();
    for (Derivation.Term term : derivation.terms()) {
      double share = total == 0 ? 0 : term.value().doubleValue() / total;
      rows.add(List.of(term.name(), number(term.value()), Format.SHARE.brief(share)));
    }
    TextTables.aligned(rows, column -> column > 0)
        .forEach(line -> out.append("    ").append(line).append('\n'));
    out.append(WrappedText.hanging("  source: ", derivation.source()));
    return out.toString();
  }

  private static String number(Number value) {
    return value instanceof Long || value instanceof Integer || value instanceof BigInteger
        ? String.format(Locale.ROOT, "%,d", value)
        : digits(value.doubleValue());
  }

  /** Six digits: those that a reader computes again with. */
  private static String digits(double value) {
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return isWhole
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.6g", value);
  }
}
