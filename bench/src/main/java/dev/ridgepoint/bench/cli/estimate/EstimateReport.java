package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Document;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.JsonTables;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Table;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One subject in full, or several as the rows of a table.
 *
 * @param answers one per subject
 * @param explain whether to say how each number comes about
 */
record EstimateReport(List<Answer> answers, boolean explain) {

  /**
   * What is said of a subject.
   *
   * @param varied what distinguishes it from the others of its model
   * @param sections what was asked, or the overview
   * @param isAsked whether something was asked
   */
  record Answer(Subject subject, List<Cell> varied, List<Section> sections, boolean isAsked) {}

  String render(Document document) {
    if (document == Document.JSON) {
      return JsonTables.text(answers.size() == 1 ? json(answers.getFirst()) : json());
    }
    if (answers.size() > 1) {
      return document.render(comparison());
    }
    Answer answer = answers.getFirst();
    String sections = new Sections(answer.sections, explain).render(document);
    return document == Document.TEXT ? title(answer.subject) + "\n\n" + sections : sections;
  }

  private static String title(Subject subject) {
    Workload workload = subject.workload();
    return "%s: weights in %s, KV cache in %s, activations in %s"
        .formatted(
            subject.model().name(),
            workload.weights().name(),
            workload.kvCache().name(),
            workload.activations().name());
  }

  /** A row per subject, with the facts of all sections. */
  private Table comparison() {
    List<List<Cell>> rows = new ArrayList<>();
    for (Answer answer : answers) {
      List<Cell> row = new ArrayList<>();
      row.add(Cell.of("model", "model", Format.TEXT, answer.subject.model().name()));
      row.addAll(answer.varied);
      answer.sections.forEach(section -> row.addAll(section.row()));
      rows.add(row);
    }
    return Table.ofCells("estimates", "", rows)
        .withKeyColumns(1 + answers.getFirst().varied.size());
  }

  private ArrayNode json() {
    ArrayNode all = (ArrayNode) JsonTables.tree(List.of());
    for (Answer answer : answers) {
      ObjectNode node = json(answer);
      node.set("varied", JsonTables.object(answer.varied));
      all.add(node);
    }
    return all;
  }

  /** The estimate; what was asked besides, each under its flag's name. */
  private ObjectNode json(Answer answer) {
    ObjectNode node = (ObjectNode) JsonTables.tree(Estimate.of(answer.subject));
    if (answer.isAsked || explain) {
      new Sections(answer.sections, explain).addTo(node);
    }
    return node;
  }
}
