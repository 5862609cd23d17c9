package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.serving.Percentiles;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.Prediction;
import dev.ridgepoint.estimator.time.Predictor;
import dev.ridgepoint.model.trace.PageUse;
import dev.ridgepoint.model.trace.ServedTrace;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What became of the same requests with each kind of batching. */
final class LoadSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("batching", "batching", Format.TEXT),
          new Column("timeToFirstTokenSecondsMean", "first token", Format.SECONDS),
          new Column("timeToFirstTokenSecondsP50", "p50", Format.SECONDS),
          new Column("timeToFirstTokenSecondsP95", "p95", Format.SECONDS),
          new Column("timePerOutputTokenSecondsMean", "per token", Format.SECONDS),
          new Column("timePerOutputTokenSecondsP50", "p50", Format.SECONDS),
          new Column("timePerOutputTokenSecondsP95", "p95", Format.SECONDS),
          new Column("outputTokensPerSecond", "tokens/s", Format.NUMBER),
          new Column("meanBatch", "mean batch", Format.NUMBER),
          new Column("utilization", "busy", Format.SHARE),
          new Column("seconds", "time", Format.SECONDS));

  private static final String PAGES_TITLE =
      String.format(Locale.ROOT, "pages of %d positions of a layer", KvLayout.PAGE_POSITIONS);

  private static final List<Column> PAGE_COLUMNS =
      List.of(
          new Column("batching", "batching", Format.TEXT),
          new Column("hitRate", "tokens of prompts shared", Format.SHARE),
          new Column("predictedHitRate", "predicted", Format.SHARE),
          new Column("pages", "pages", Format.COUNT),
          new Column("pagesInUse", "in use at most", Format.COUNT),
          new Column("bytesInUse", "bytes", Format.BYTES),
          new Column("bytesSaved", "bytes saved", Format.BYTES));

  private static final List<Column> STEP_COLUMNS =
      List.of(
          new Column("batching", "batching", Format.TEXT),
          new Column("kind", "steps", Format.TEXT),
          new Column("steps", "number", Format.COUNT),
          new Column("meanTokens", "tokens", Format.NUMBER),
          new Column("secondsP50", "time p50", Format.SECONDS),
          new Column("secondsP95", "p95", Format.SECONDS),
          new Column("shareOfRoofP50", "of the roof p50", Format.SHARE),
          new Column("measuredPerPredictedP50", "of the prediction p50", Format.TIMES),
          new Column("measuredPerPredictedP95", "p95", Format.TIMES));

  private final Optional<Predictor> predictor;

  private LoadSection(Optional<Predictor> predictor) {
    this.predictor = predictor;
  }

  /**
   * One way to serve the requests, and what became of it.
   *
   * @param name as it is shown
   */
  record Serving(String name, boolean sharesPrefixes, ServedTrace trace) {}

  /**
   * @param servings in the order to show them
   * @param requests that were to be served
   * @param costs what steps should take on this machine
   * @param title of what they are
   * @param sharedPrefix tokens that all prompts begin with
   */
  static Section of(
      List<Serving> servings, int requests, ModelCosts costs, String title, int sharedPrefix) {
    LoadSection section = new LoadSection(costs.predictor());
    List<List<Object>> rows = new ArrayList<>();
    List<List<Object>> pages = new ArrayList<>();
    List<List<Object>> steps = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Serving each : servings) {
      rows.add(row(each.name, each.trace));
      pages.add(pages(each, sharedPrefix));
      section.addSteps(steps, each.name, "decode alone", each.trace, true);
      section.addSteps(steps, each.name, "with prompts", each.trace, false);
      if (each.trace.answers().size() < requests) {
        notes.add(
            String.format(
                Locale.ROOT,
                "%s batching was interrupted: %,d of %,d requests were answered",
                each.name,
                each.trace.answers().size(),
                requests));
      }
    }
    costs.lacking(Step.decode(1, 0)).ifPresent(notes::add);
    return new Section(
        "load",
        List.of(),
        List.of(
            new Table("batchings", title, COLUMNS, rows),
            new Table("pages", PAGES_TITLE, PAGE_COLUMNS, pages),
            new Table("steps", "", STEP_COLUMNS, steps).withKeyColumns(2)),
        List.of(),
        notes);
  }

  private static List<Object> row(String name, ServedTrace trace) {
    Percentiles first = trace.timeToFirstToken();
    Percentiles each = trace.timePerOutputToken();
    return Table.row(
        name,
        known(first.mean()),
        known(first.p50()),
        known(first.p95()),
        known(each.mean()),
        known(each.p50()),
        known(each.p95()),
        trace.outputTokensPerSecond(),
        trace.meanBatch(),
        trace.utilization(),
        trace.seconds());
  }

  /** All but the first find the prefix in pages, if they are shared at all. */
  private static List<Object> pages(Serving serving, int sharedPrefix) {
    ServedTrace trace = serving.trace;
    PageUse use = trace.pages();
    double expected = (trace.answers().size() - 1.0) * sharedPrefix / trace.promptTokens();
    return Table.row(
        serving.name,
        serving.sharesPrefixes ? trace.hitRate() : null,
        serving.sharesPrefixes ? expected : null,
        use.pool(),
        use.most(),
        use.mostBytes(),
        use.mostSavedBytes());
  }

  /**
   * Answers of one token have no time per token, and a run that is interrupted may have no answer.
   */
  private static Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private void addSteps(
      List<List<Object>> rows, String name, String kind, ServedTrace trace, boolean isDecode) {
    List<TimedStep> steps =
        trace.steps().stream().filter(each -> isDecodeAlone(each) == isDecode).toList();
    if (steps.isEmpty()) {
      return;
    }
    List<Double> shares = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (TimedStep each : steps) {
      Optional<Prediction> prediction = predictor.map(known -> known.step(each.step()));
      prediction.ifPresent(known -> shares.add(known.boundSeconds() / each.seconds()));
      prediction
          .flatMap(Prediction::calibrated)
          .map(PredictedTime::seconds)
          .ifPresent(seconds -> ratios.add(each.seconds() / seconds));
    }
    Percentiles seconds = Percentiles.of(steps.stream().mapToDouble(TimedStep::seconds));
    Percentiles roof = percentiles(shares);
    Percentiles ratio = percentiles(ratios);
    rows.add(
        Table.row(
            name,
            kind,
            steps.size(),
            steps.stream().mapToInt(each -> each.step().totalNewTokens()).average().orElseThrow(),
            seconds.p50(),
            seconds.p95(),
            known(roof.p50()),
            known(ratio.p50()),
            known(ratio.p95())));
  }

  private static Percentiles percentiles(List<Double> sample) {
    return Percentiles.of(sample.stream().mapToDouble(Double::doubleValue));
  }

  /** The first token of a prompt of one token counts as decoded: the step is of the same kind. */
  private static boolean isDecodeAlone(TimedStep each) {
    return each.step().sequences().stream().allMatch(one -> one.newTokens() == 1);
  }
}
