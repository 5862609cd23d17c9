package dev.ridgepoint.bench.text;

import dev.ridgepoint.estimator.Derivation;
import java.util.List;

/**
 * A question's answer.
 *
 * @param key its name in JSON
 * @param facts single numbers, which become a row where several answers are compared
 * @param tables what does not fit into one row
 * @param derivations how the numbers come about
 * @param notes what else to know, a line each
 */
public record Section(
    String key,
    List<Cell> facts,
    List<Table> tables,
    List<Derivation> derivations,
    List<String> notes) {

  public Section {
    facts = List.copyOf(facts);
    tables = List.copyOf(tables);
    derivations = List.copyOf(derivations);
    notes = List.copyOf(notes);
  }

  /** Without notes. */
  public Section(String key, List<Cell> facts, List<Table> tables, List<Derivation> derivations) {
    this(key, facts, tables, derivations, List.of());
  }
}
