package dev.ridgepoint.bench.cli.learn;

import static dev.ridgepoint.bench.cli.learn.Tables.cell;

import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.inference.SpeculativeStep;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.serving.BatchPoint;
import dev.ridgepoint.estimator.serving.Efficiency;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServingLayout;
import java.util.List;
import java.util.Map;

/** Many users at once, and several tokens of one user at once. */
final class ServingFigures {
  /** Tokens of an answer, as {@code ridge estimate --serve} takes them. */
  private static final int ANSWER = 128;

  /** Tokens of a prompt, so that prompt and answer fit every model. */
  private static final int PROMPT = 512;

  private static final int POINTS = 7;

  private static final int DRAFTED = 4;
  private static final double ACCEPTANCE = 0.75;

  private final Figures figures;
  private final Setting setting;

  private ServingFigures(Figures figures, Setting setting) {
    this.figures = figures;
    this.setting = setting;
  }

  static void addTo(Figures figures, Setting setting) {
    ServingFigures all = new ServingFigures(figures, setting);
    all.addCurve();
    all.addSpeculation();
  }

  private void addCurve() {
    figures.put("answerTokens", Format.COUNT, this::answer);
    figures.put("servedPrompt", Format.COUNT, this::prompt);
    figures.put("mfu", Format.SHARE, Efficiency.PUBLISHED::flopsUtilization);
    figures.put("mbu", Format.SHARE, Efficiency.PUBLISHED::bandwidthUtilization);
    figures.put("servedMfu", Format.SHARE, Efficiency.SERVING::flopsUtilization);
    figures.put("servedMbu", Format.SHARE, Efficiency.SERVING::bandwidthUtilization);
    figures.when("isServed", () -> hasMemory() && replica().largestBatch(prompt(), answer()) > 0);
    figures.derive(
        "servedBatch", Format.COUNT, () -> replica().largestBatchDerivation(prompt(), answer()));
    figures.table("servingTable", this::curve);
  }

  private boolean hasMemory() {
    return setting.target().device().memoryBytes().isPresent();
  }

  private int prompt() {
    return Math.min(PROMPT, setting.architecture().maxPositions() / 2);
  }

  private int answer() {
    return Math.min(ANSWER, setting.architecture().maxPositions() / 2);
  }

  private Replica replica() {
    return new Replica(
        setting.architecture(),
        setting.decodeOptions(),
        setting.target().device(),
        setting.target().computeDtype(),
        ServingLayout.tensor(1),
        Efficiency.SERVING);
  }

  /** Every other point of the curve, and its end. */
  private Table curve() {
    List<BatchPoint> all = BatchPoint.curve(replica(), prompt(), answer());
    int step = Math.ceilDiv(all.size(), POINTS);
    return Tables.of(
        all.stream()
            .filter(point -> all.indexOf(point) % step == 0 || point.equals(all.getLast()))
            .toList(),
        point ->
            List.of(
                cell("batch", Format.COUNT, point.batch()),
                cell("first token", Format.SECONDS, point.timeToFirstTokenSeconds()),
                cell("per token", Format.SECONDS, point.timePerOutputTokenSeconds()),
                cell("tokens/s", Format.NUMBER, point.outputTokensPerSecond()),
                cell("memory", Format.BYTES, point.deviceBytes())));
  }

  private void addSpeculation() {
    figures.put("drafted", Format.COUNT, () -> DRAFTED);
    figures.put("acceptance", Format.SHARE, () -> ACCEPTANCE);
    figures.derive("expectedTokens", Format.NUMBER, () -> expectedTokens(DRAFTED, ACCEPTANCE));
    figures.table(
        "speculationTable",
        () ->
            Tables.of(
                List.of(1, 2, DRAFTED, 2 * DRAFTED, 4 * DRAFTED),
                drafted -> {
                  SpeculativeStep step = step(drafted);
                  Step alone = Step.decode(1, setting.context());
                  double slowdown =
                      setting.roofline().boundSeconds(step.verification()) / setting.seconds(alone);
                  return List.of(
                      cell("drafted", Format.COUNT, drafted),
                      cell("tokens of a step", Format.NUMBER, step.expectedTokens()),
                      cell(
                          "FLOPs",
                          Format.TIMES,
                          (double) step.verification().flops() / setting.cost(alone).flops()),
                      cell(
                          "bytes",
                          Format.TIMES,
                          (double) step.verification().bytes() / setting.cost(alone).bytes()),
                      cell("step takes", Format.TIMES, slowdown),
                      cell("gain at most", Format.TIMES, step.expectedTokens() / slowdown));
                }));
  }

  private SpeculativeStep step(int drafted) {
    return SpeculativeStep.of(
        setting.architecture(), setting.decodeOptions(), 1, setting.context(), drafted, ACCEPTANCE);
  }

  /** Of one step of speculative decoding. */
  static Derivation expectedTokens(int drafted, double acceptance) {
    return new Derivation(
        "tokens of a speculative step",
        SpeculativeStep.expectedTokens(drafted, acceptance),
        "tokens",
        "(1 - acceptance^(drafted + 1)) / (1 - acceptance)",
        Map.of("acceptance", acceptance, "drafted", drafted),
        List.of(),
        "Leviathan et al. 2022, arXiv:2211.17192, equation 1");
  }
}
