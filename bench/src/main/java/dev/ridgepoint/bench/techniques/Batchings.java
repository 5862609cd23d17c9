package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PagePool;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.serving.Batching;
import dev.ridgepoint.estimator.serving.LengthDistribution.Uniform;
import dev.ridgepoint.estimator.serving.Request;
import dev.ridgepoint.estimator.serving.ServingSimulation;
import dev.ridgepoint.estimator.serving.SimulationResult;
import dev.ridgepoint.estimator.serving.StepTimes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.serving.Clock;
import dev.ridgepoint.model.serving.PromptRequest;
import dev.ridgepoint.model.serving.Scheduler;
import dev.ridgepoint.model.serving.ServingLimits;
import dev.ridgepoint.model.trace.ServedTrace;
import java.util.List;
import java.util.Locale;

/** A seeded trace of requests that are all there at once, served by the engine's own scheduler. */
final class Batchings implements Experiment {
  private static final int REQUESTS = 12;
  private static final long SEED = 1;

  /** Sequences that are served at once. */
  static final int SEQUENCES = 4;

  private final Stage stage;
  private final Program program;
  private final List<Request> requests;

  Batchings(Stage stage) {
    this.stage = stage;
    program = stage.model().program();
    int most = stage.sizes().shortPrompt();
    requests =
        Request.poisson(SEED, REQUESTS, 1, new Uniform(most / 4, most), new Uniform(1, most / 2))
            .stream()
            .map(each -> new Request(0, each.promptTokens(), each.outputTokens()))
            .toList();
  }

  @Override
  public Description description() {
    return new Description(
        "continuous batching",
        String.format(
            Locale.ROOT,
            "%d requests, %d at once: a place is given away as soon as an answer is complete,"
                + " instead of when all are",
            REQUESTS,
            SEQUENCES),
        "simulated seconds of the trace, static / continuous",
        "Yu et al. 2022, Orca, OSDI");
  }

  @Override
  public double secondsOfTurn() {
    return simulated(Batching.STATIC).seconds() + simulated(Batching.CONTINUOUS).seconds();
  }

  @Override
  public Turn run() {
    return new Turn(pass(Batching.STATIC), pass(Batching.CONTINUOUS));
  }

  private Pass pass(Batching batching) {
    int longest =
        requests.stream()
            .mapToInt(each -> each.promptTokens() + each.outputTokens())
            .max()
            .orElseThrow();
    int longestPrompt = requests.stream().mapToInt(Request::promptTokens).max().orElseThrow();
    ServingLimits limits = new ServingLimits(SEQUENCES, longestPrompt + SEQUENCES);
    KvLayout layout = program.pageLayout(KvLayout.PAGE_POSITIONS);
    List<PromptRequest> prompts =
        requests.stream()
            .map(
                each ->
                    new PromptRequest(0, stage.tokens(each.promptTokens()), each.outputTokens()))
            .toList();
    int pages = SEQUENCES * program.mostPages(layout, longest, limits.tokensPerStep());
    try (PagePool pool = new PagePool(layout, pages)) {
      ServedTrace trace =
          new Scheduler(
                  program, pool, false, limits, batching, token -> false, Clock.real(() -> false))
              .run(prompts, () -> false);
      return Pass.total(trace.steps());
    }
  }

  @Override
  public Forecast usual(Pass pass) {
    return pass.forecast(stage.predictor());
  }

  @Override
  public Forecast technique(Pass pass) {
    return pass.forecast(stage.predictor());
  }

  @Override
  public double predicted(List<Turn> turns) {
    return simulated(Batching.STATIC).seconds() / simulated(Batching.CONTINUOUS).seconds();
  }

  private SimulationResult simulated(Batching batching) {
    StepTimes times =
        new StepTimes() {
          @Override
          public double prefillSeconds(int promptTokens) {
            return Forecast.of(stage.predictor(), Step.prefill(promptTokens)).seconds();
          }

          @Override
          public double decodeSeconds(int batch, long contextTokens) {
            int context = Math.toIntExact(contextTokens / batch);
            return Forecast.of(stage.predictor(), Step.decode(batch, context)).seconds();
          }
        };
    return ServingSimulation.run(requests, times, batching, SEQUENCES);
  }

  @Override
  public String explanation(double measured, List<Turn> turns) {
    Turn any = turns.getFirst();
    return String.format(
        Locale.ROOT,
        "The same tokens take %d steps of %s sequences in the mean instead of %d of %s: a step"
            + " reads all weights for however few. %s",
        any.technique().steps().size(),
        Units.significant(meanSequences(any.technique())),
        any.usual().steps().size(),
        Units.significant(meanSequences(any.usual())),
        measured < 1
            ? "It loses where steps wait for arithmetic, and a fuller one takes as much longer."
            : "It gains the places that stand empty until the longest answer is complete.");
  }

  private static double meanSequences(Pass pass) {
    return pass.steps().stream()
        .mapToInt(each -> each.step().sequences().size())
        .average()
        .orElseThrow();
  }

  @Override
  public void close() {
    program.close();
  }
}
