package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.StepForecast.Speedup;
import dev.ridgepoint.bench.report.page.PageFile;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Document;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.compression.Fidelity;
import dev.ridgepoint.model.compression.Method;
import dev.ridgepoint.model.compression.TensorFinding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What became of a model that was compressed.
 *
 * @param model its name
 * @param plan how
 * @param forecast what was expected
 * @param result what came of it
 * @param distilling what was known of that beforehand, if it was done
 * @param texts the texts by name
 */
record CompressionReport(
    String model,
    CompressionPlan plan,
    CompressionForecast forecast,
    CompressionResult result,
    List<Cell> distilling,
    String texts) {

  private static final List<Column> TENSORS =
      List.of(
          new Column("name", "matrix", Format.TEXT),
          new Column("outputs", "outputs", Format.COUNT),
          new Column("inputs", "inputs", Format.COUNT),
          new Column("least", "least", Format.NUMBER),
          new Column("greatest", "greatest", Format.NUMBER),
          new Column("outliers", "outliers", Format.SHARE),
          new Column("kurtosis", "kurtosis", Format.NUMBER),
          new Column("inputSpread", "inputs' spread", Format.NUMBER),
          new Column("roundingError", "if rounded", Format.SHARE),
          new Column("error", "error", Format.SHARE));

  private static final List<Column> ANSWERS =
      List.of(
          new Column("weights", "answers of", Format.TEXT),
          new Column("perplexity", "perplexity", Format.NUMBER),
          new Column("perplexityError", "±", Format.NUMBER),
          new Column("divergence", "KL, nats", Format.NUMBER),
          new Column("worstDivergence", "99 of 100 within", Format.NUMBER),
          new Column("agreement", "same token", Format.SHARE),
          new Column("recovered", "recovered", Format.SHARE));

  private static final List<Column> CHANGES =
      List.of(
          new Column("quantity", "quantity", Format.TEXT),
          new Column("before", "before", Format.NUMBER),
          new Column("after", "after", Format.NUMBER),
          new Column("ratio", "ratio", Format.TIMES),
          new Column("expected", "expected", Format.TIMES),
          new Column("atMost", "at most", Format.TIMES));

  private static final List<Column> STEPS =
      List.of(
          new Column("step", "step", Format.COUNT),
          new Column("loss", "loss, nats", Format.NUMBER),
          new Column("divergence", "KL from the teacher, nats", Format.NUMBER),
          new Column("baselineLoss", "loss without the teacher, nats", Format.NUMBER),
          new Column("seconds", "took", Format.SECONDS));

  private static final double MEGA = 1e-6;
  private static final int SHOWN_TENSORS = 10;

  /** All of it; of text the part that is not known beforehand, with the worst matrices alone. */
  String render(Document document) {
    boolean isText = document == Document.TEXT;
    List<TensorFinding> shown = isText ? worst() : result.findings();
    List<Table> tables = new ArrayList<>();
    if (!isText) {
      tables.add(forecast.table());
    }
    if (!shown.isEmpty()) {
      tables.add(tensors(shown));
    }
    tables.addAll(List.of(answers(), changes()));
    if (!isText && !result.steps().isEmpty()) {
      tables.add(steps());
    }
    List<String> notes = new ArrayList<>(isText ? List.of() : CompressionForecast.NOTES);
    notes.addAll(new CompressionNotes(plan, result).all());
    notes.add(texts);
    List<Cell> facts = new ArrayList<>(facts());
    if (!isText) {
      facts.addAll(distilling);
    }
    Section section = new Section("compress", facts, tables, List.of(), notes);
    return new Sections(List.of(section), false).render(document);
  }

  /** Those whose outputs are the farthest from what they were. */
  private List<TensorFinding> worst() {
    return result.findings().stream()
        .sorted(Comparator.comparingDouble(TensorFinding::error).reversed())
        .limit(SHOWN_TENSORS)
        .toList();
  }

  private List<Cell> facts() {
    return List.of(
        Cell.of("model", "model", Format.TEXT, model),
        Cell.of("method", "method", Format.TEXT, plan.method().label()),
        Cell.of("formatBefore", "matrices before", Format.TEXT, before().name()),
        Cell.of("formatAfter", "matrices after", Format.TEXT, after().name()),
        Cell.of("tokens", "tokens judged by", Format.COUNT, result.fidelity().tokens()));
  }

  private MatrixTypes before() {
    return forecast.stored();
  }

  private MatrixTypes after() {
    return forecast.formatAfter(plan);
  }

  /**
   * The page.
   *
   * @param json the section's
   */
  String page(String json) {
    Fidelity fidelity = result.fidelity();
    return PageFile.render(
        "compress.html",
        "%s by %s".formatted(Path.of(model).getFileName(), plan.method().label()),
        String.format(
            Locale.ROOT,
            "%s: perplexity %.4g instead of %.4g, the same likeliest token for %s.",
            change(),
            fidelity.perplexityAfter(),
            fidelity.perplexityBefore(),
            Units.percent(fidelity.agreement())),
        json,
        List.of("traincharts.js", "compress.js"));
  }

  private String change() {
    return plan.method() == Method.DISTIL
        ? "A student of %s instead of %s"
            .formatted(Units.bytes(forecast.bytesAfter(plan)), Units.bytes(forecast.bytesBefore()))
        : "From %s to %s".formatted(before().name(), after().name());
  }

  private Table tensors(List<TensorFinding> findings) {
    List<List<Object>> rows = new ArrayList<>();
    for (TensorFinding finding : findings) {
      rows.add(
          Table.row(
              finding.name(),
              finding.outputs(),
              finding.inputs(),
              finding.least(),
              finding.greatest(),
              finding.outliers(),
              finding.kurtosis(),
              finding.inputSpread(),
              finding.roundingError(),
              finding.error()));
    }
    int all = result.findings().size();
    String title =
        rows.size() == all
            ? ""
            : String.format(
                Locale.ROOT,
                "The %d of %d matrices with the greatest error; --out and --json have all",
                rows.size(),
                all);
    return new Table("tensors", title, TENSORS, rows);
  }

  private Table answers() {
    List<List<Object>> rows = new ArrayList<>();
    rows.add(
        Table.row(
            "the original", result.fidelity().perplexityBefore(), null, null, null, null, null));
    result.baseline().ifPresent(each -> rows.add(row(each.name(), each.fidelity(), null)));
    String name = plan.method() == Method.DISTIL ? "the student" : plan.method().label();
    rows.add(row(name, result.fidelity(), result.recovered().orElse(null)));
    return new Table("answers", "", ANSWERS, rows);
  }

  private static List<Object> row(String weights, Fidelity fidelity, Double recovered) {
    return Table.row(
        weights,
        fidelity.perplexityAfter(),
        fidelity.perplexityError(),
        fidelity.divergence(),
        fidelity.worstDivergence(),
        fidelity.agreement(),
        recovered);
  }

  private Table changes() {
    return new Table(
        "changes",
        "",
        CHANGES,
        List.of(
            bytes("weights, MB", forecast.bytesBefore(), forecast.bytesAfter(plan)),
            bytes(
                "bytes of a decode step, MB",
                forecast.before(forecast.decode()).bytes(),
                forecast.after(plan, forecast.decode()).bytes()),
            speed("decode, tokens/s", 1, result.times().decode(), forecast.decode()),
            speed(
                "prefill, tokens/s",
                result.times().tokens(),
                result.times().prefill(),
                forecast.prefill())));
  }

  private Table steps() {
    List<List<Object>> rows = new ArrayList<>();
    for (CompressionResult.TaughtStep step : result.steps()) {
      rows.add(
          Table.row(
              step.step(), step.loss(), step.divergence(), step.baselineLoss(), step.seconds()));
    }
    return new Table("steps", "", STEPS, rows);
  }

  private static List<Object> bytes(String quantity, long before, long after) {
    return Table.row(quantity, before * MEGA, after * MEGA, (double) after / before, null, null);
  }

  private List<Object> speed(String quantity, int tokens, StepTimes.Pair seconds, Step step) {
    StepForecast before = forecast.before(step);
    StepForecast after = forecast.after(plan, step);
    return Table.row(
        quantity,
        tokens / seconds.before(),
        tokens / seconds.after(),
        seconds.before() / seconds.after(),
        after.speedup(before).map(Speedup::ratio).orElse(null),
        after.mostSpeedup(before).map(Speedup::ratio).orElse(null));
  }
}
