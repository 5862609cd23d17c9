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
 * @param commands what to type
 */
public record Section(
    String key,
    List<Cell> facts,
    List<Cell> tabled,
    List<Table> tables,
    List<Derivation> derivations,
    List<String> notes,
    List<ShellCommand> commands) {

  public Section {
    facts = List.copyOf(facts);
    tabled = List.copyOf(tabled);
    tables = List.copyOf(tables);
    derivations = List.copyOf(derivations);
    notes = List.copyOf(notes);
    commands = List.copyOf(commands);
  }

  /** A section without commands. */
  public Section(
      String key,
      List<Cell> facts,
      List<Cell> tabled,
      List<Table> tables,
      List<Derivation> derivations,
      List<String> notes) {
    this(key, facts, tabled, tables, derivations, notes, List.of());
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

  /** The same with commands. */
  public Section with(List<ShellCommand> lines) {
    return new Section(key, facts, tabled, tables, derivations, notes, lines);
  }

  /** All single numbers. */
  public List<Cell> row() {
    return Stream.concat(tabled.stream(), facts.stream()).toList();
  }
}
