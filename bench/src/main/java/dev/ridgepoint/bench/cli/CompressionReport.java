package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.report.page.PageFile;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.Compression;
import dev.ridgepoint.estimator.inference.Compression.Effect;
import dev.ridgepoint.estimator.inference.Compression.Variant;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.compression.Fidelity;
import dev.ridgepoint.model.compression.Method;
import dev.ridgepoint.model.compression.TensorFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What became of a model that was compressed.
 *
 * @param model its name
 * @param method how
 * @param architecture its sizes
 * @param before what matrices were stored as
 * @param after what they are stored as
 * @param findings of each matrix
 * @param fidelity of the answers
 * @param times measured
 * @param texts the texts by name
 */
record CompressionReport(
    String model,
    Method method,
    Architecture architecture,
    MatrixTypes before,
    MatrixTypes after,
    List<TensorFinding> findings,
    Fidelity fidelity,
    StepTimes times,
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
          new Column("roundingError", "if rounded", Format.SHARE),
          new Column("error", "error", Format.SHARE));

  private static final List<Column> CHANGES =
      List.of(
          new Column("quantity", "quantity", Format.TEXT),
          new Column("before", "before", Format.NUMBER),
          new Column("after", "after", Format.NUMBER),
          new Column("ratio", "ratio", Format.TIMES),
          new Column("atMost", "at most", Format.TIMES));

  private static final double MEGA = 1e-6;

  /** All of it. */
  Section section() {
    List<Cell> facts =
        List.of(
            Cell.of("model", "model", Format.TEXT, model),
            Cell.of("method", "method", Format.TEXT, method.label()),
            Cell.of("formatBefore", "matrices before", Format.TEXT, before.name()),
            Cell.of("formatAfter", "matrices after", Format.TEXT, after.name()),
            Cell.of("tokens", "tokens judged by", Format.COUNT, fidelity.tokens()),
            Cell.of("divergence", "KL divergence, nats", Format.NUMBER, fidelity.divergence()),
            Cell.of(
                "worstDivergence",
                "99 of 100 tokens within",
                Format.NUMBER,
                fidelity.worstDivergence()),
            Cell.of("agreement", "same likeliest token", Format.SHARE, fidelity.agreement()));
    return new Section("compress", facts, List.of(tensors(), changes()), List.of(), notes());
  }

  /**
   * The page.
   *
   * @param json the section's
   */
  String page(String json) {
    return PageFile.render(
        "compress.html",
        "%s by %s".formatted(model, method.label()),
        String.format(
            Locale.ROOT,
            "From %s to %s: perplexity %.4g instead of %.4g, the same likeliest token for %s.",
            before.name(),
            after.name(),
            fidelity.perplexityAfter(),
            fidelity.perplexityBefore(),
            Units.percent(fidelity.agreement())),
        json,
        List.of("compress.js"));
  }

  private Table tensors() {
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
              finding.roundingError(),
              finding.error()));
    }
    return new Table("tensors", "", TENSORS, rows);
  }

  private Table changes() {
    Compression compression = new Compression(variant("before", before), variant("after", after));
    Effect decode = compression.decode(1, times.tokens());
    double weightsBefore = compression.before().weightBytes() * MEGA;
    double weightsAfter = compression.after().weightBytes() * MEGA;
    double bytesBefore = decode.before().bytes() * MEGA;
    double bytesAfter = decode.after().bytes() * MEGA;
    return new Table(
        "changes",
        "",
        CHANGES,
        List.of(
            row("weights, MB", weightsBefore, weightsAfter, null),
            row("bytes of a decode step, MB", bytesBefore, bytesAfter, null),
            row(
                "decode, tokens/s",
                1 / times.decode().before(),
                1 / times.decode().after(),
                decode.speedup()),
            // Compute binds it, and as much is computed.
            row(
                "prefill, tokens/s",
                times.tokens() / times.prefill().before(),
                times.tokens() / times.prefill().after(),
                1.0),
            row("perplexity", fidelity.perplexityBefore(), fidelity.perplexityAfter(), null)));
  }

  private static List<Object> row(String quantity, double before, double after, Double atMost) {
    return Table.row(quantity, before, after, after / before, atMost);
  }

  /** Under a roof of memory alone. */
  private Variant variant(String name, MatrixTypes types) {
    DataFormats formats = new DataFormats(types.formats(), Precision.F32);
    ForwardOptions options = ForwardOptions.of(formats, Step.decode(1, times.tokens()));
    return new Variant(name, architecture, options, new Roofline(Double.MAX_VALUE, 1));
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add(texts);
    notes.add(
        "\"if rounded\" is the error of a matrix's outputs if it alone were rounded to nearest,"
            + " \"error\" what the method left; outliers are beyond four standard deviations.");
    if (!method.source().isEmpty()) {
      notes.add(method.label() + ": " + method.source());
    }
    if (method == Method.SMOOTHQUANT) {
      notes.add(
          "Judged with the inputs of linear layers rounded to 8 bits; the engine itself computes"
              + " with inputs that are not rounded.");
    }
    if (!method.isQuantising()) {
      notes.add("The engine multiplies zeros as any other weights: fewer are no faster here.");
    }
    notes.add("At most: the ratio of bytes read, as if memory alone took time.");
    return notes;
  }
}
