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
 * One model in full, or several as the rows of a table.
 *
 * @param estimates one per model
 * @param explain whether to say how each number comes about
 */
record EstimateReport(List<ModelEstimate> estimates, boolean explain) {

  /**
   * What is said of a model.
   *
   * @param varied what distinguishes it from the others of its model
   * @param sections what was asked, or the overview
   * @param isAsked whether something was asked
   */
  record ModelEstimate(
      EstimatedModel estimated, List<Cell> varied, List<Section> sections, boolean isAsked) {}

  String render(Document document) {
    if (document == Document.JSON) {
      return JsonTables.text(estimates.size() == 1 ? json(estimates.getFirst()) : json());
    }
    if (estimates.size() > 1) {
      return document.render(comparison());
    }
    ModelEstimate estimate = estimates.getFirst();
    String sections = new Sections(estimate.sections, explain).render(document);
    return document == Document.TEXT ? title(estimate.estimated) + "\n\n" + sections : sections;
  }

  private static String title(EstimatedModel estimated) {
    Workload workload = estimated.workload();
    return "%s: weights in %s, KV cache in %s, activations in %s"
        .formatted(
            estimated.model().name(),
            workload.weights().name(),
            workload.kvCache().name(),
            workload.activations().name());
  }

  /** A row per model, with the facts of all sections. */
  private Table comparison() {
    List<List<Cell>> rows = new ArrayList<>();
    for (ModelEstimate estimate : estimates) {
      List<Cell> row = new ArrayList<>();
      row.add(Cell.of("model", "model", Format.TEXT, estimate.estimated.model().name()));
      row.addAll(estimate.varied);
      estimate.sections.forEach(section -> row.addAll(section.row()));
      rows.add(row);
    }
    return Table.ofCells("estimates", "", rows)
        .withKeyColumns(1 + estimates.getFirst().varied.size());
  }

  private ArrayNode json() {
    ArrayNode all = (ArrayNode) JsonTables.tree(List.of());
    for (ModelEstimate estimate : estimates) {
      ObjectNode node = json(estimate);
      node.set("varied", JsonTables.object(estimate.varied));
      all.add(node);
    }
    return all;
  }

  /** The estimate; what was asked besides, each under its flag's name. */
  private ObjectNode json(ModelEstimate estimate) {
    ObjectNode node = (ObjectNode) JsonTables.tree(Estimate.of(estimate.estimated));
    if (estimate.isAsked || explain) {
      new Sections(estimate.sections, explain).addTo(node);
    }
    return node;
  }
}
