package dev.ridgepoint.bench.text;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.List;
import java.util.stream.Stream;

/**
 * A question's answer.
 *
 * @param key its name in JSON
 * @param facts single numbers, which become a row where several answers are compared
 * @param tabled further numbers of that row, which the section's tables show already
 * @param tables what does not fit into one row
 * @param derivations how the numbers come about
 * @param notes what else to know, a line each
 */
public record Section(
    String key,
    List<Cell> facts,
    List<Cell> tabled,
    List<Table> tables,
    List<Derivation> derivations,
    List<String> notes) {

  public Section {
    facts = List.copyOf(facts);
    tabled = List.copyOf(tabled);
    tables = List.copyOf(tables);
    derivations = List.copyOf(derivations);
    notes = List.copyOf(notes);
  }

  /** A section whose facts stand in no table of it. */
  public Section(
      String key,
      List<Cell> facts,
      List<Table> tables,
      List<Derivation> derivations,
      List<String> notes) {
    this(key, facts, List.of(), tables, derivations, notes);
  }

  /** As such, without notes. */
  public Section(String key, List<Cell> facts, List<Table> tables, List<Derivation> derivations) {
    this(key, facts, tables, derivations, List.of());
  }

  /** All single numbers. */
  public List<Cell> row() {
    return Stream.concat(tabled.stream(), facts.stream()).toList();
  }
}
