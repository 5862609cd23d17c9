package dev.ridgepoint.bench.text;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sections one after the other.
 *
 * @param sections in the order to show them
 * @param explain whether to say how each number comes about
 */
public record Sections(List<Section> sections, boolean explain) {
  public Sections {
    sections = List.copyOf(sections);
  }

  /** The sections alone. */
  public String render(Document document) {
    return switch (document) {
      case TEXT -> text();
      case JSON -> JsonTables.text(addTo(JsonTables.object(List.of())));
      case CSV -> document.render(tables().toArray(Table[]::new));
      case MARKDOWN -> {
        List<String> blocks = new ArrayList<>();
        tables().forEach(table -> blocks.add(MarkdownTables.render(table)));
        commands().forEach(command -> blocks.add(MarkdownTables.render(command)));
        yield String.join("\n", blocks);
      }
    };
  }

  /** For a terminal: tables, facts, notes, and at the end how the numbers come about. */
  public String text() {
    List<String> blocks = new ArrayList<>();
    for (Section section : sections) {
      section.tables().forEach(table -> blocks.add(TextTables.render(table)));
      if (!section.facts().isEmpty()) {
        blocks.add(TextTables.render(section.facts()));
      }
      section.commands().forEach(command -> blocks.add(TextTables.render(command)));
      if (!section.notes().isEmpty()) {
        blocks.add(
            section.notes().stream()
                .map(note -> WrappedText.hanging("", note))
                .collect(Collectors.joining()));
      }
    }
    if (explain) {
      derivations().forEach(derivation -> blocks.add(DerivationText.render(derivation)));
    }
    return String.join("\n", blocks);
  }

  /** Adds a field per section, and {@code derivations} where they are asked for. */
  public ObjectNode addTo(ObjectNode node) {
    for (Section section : sections) {
      ObjectNode object = JsonTables.object(section.row());
      section.tables().forEach(table -> object.set(table.key(), JsonTables.rows(table)));
      if (!section.commands().isEmpty()) {
        object.set("commands", JsonTables.tree(section.commands()));
      }
      if (!section.notes().isEmpty()) {
        object.set("notes", JsonTables.tree(section.notes()));
      }
      node.set(section.key(), object);
    }
    if (explain) {
      node.set("derivations", JsonTables.tree(derivations()));
    }
    return node;
  }

  /** The sections' tables, each section's behind a row of its single numbers. */
  private List<Table> tables() {
    List<Table> tables = new ArrayList<>();
    for (Section section : sections) {
      if (!section.row().isEmpty()) {
        tables.add(Table.ofCells(section.key(), "", List.of(section.row())));
      }
      tables.addAll(section.tables());
    }
    return tables;
  }

  private List<ShellCommand> commands() {
    return sections.stream().flatMap(section -> section.commands().stream()).toList();
  }

  private List<Derivation> derivations() {
    return sections.stream().flatMap(section -> section.derivations().stream()).distinct().toList();
  }
}
