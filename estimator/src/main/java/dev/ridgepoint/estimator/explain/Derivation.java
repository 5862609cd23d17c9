package dev.ridgepoint.estimator.explain;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A number with its story: what {@code --explain} prints.
 *
 * @param quantity what the number is, such as {@code decode FLOPs}
 * @param value the number: a {@code Long} or {@code BigInteger} for a count, a {@code Double} for a
 *     rate or a time
 * @param unit its unit, such as {@code FLOP}, {@code B} or {@code s}; empty for a pure number
 * @param formula the formula, in the names of {@code inputs}
 * @param inputs the numbers put in, in the formula's order
 * @param terms what the number is the sum of; empty if it is not a sum
 * @param source where the formula comes from: a paper with its arXiv number, or a definition
 */
public record Derivation(
    String quantity,
    Number value,
    String unit,
    String formula,
    Map<String, Number> inputs,
    List<Term> terms,
    String source) {

  /**
   * One addend.
   *
   * @param name what it is
   * @param value in the unit of the sum
   */
  public record Term(String name, Number value) {}

  public Derivation {
    Objects.requireNonNull(value, quantity);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    terms = List.copyOf(terms);
  }
}
