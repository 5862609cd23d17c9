package dev.ridgepoint.bench.cli.learn;

import static dev.ridgepoint.bench.cli.learn.Tables.cell;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.RidgeCrossing;
import dev.ridgepoint.estimator.inference.RuleOfThumb;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.training.TrainingStepFlops;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The two phases: what a step counts, how long it takes at least, where it crosses the ridge. */
final class StepFigures {
  private static final List<Integer> PROMPTS = List.of(1, 8, 32, 128, 512, 2048, 8192);
  private static final int SOME = 16;
  private static final int MANY = 256;

  private final Figures figures;
  private final Setting setting;
  private final Step decode;
  private final Step prefill;
  private final Supplier<OptionalInt> promptCrossing = new Once<>(this::crossingPrompt);
  private final Supplier<OptionalInt> batchCrossing = new Once<>(this::crossingBatch);

  private StepFigures(Figures figures, Setting setting) {
    this.figures = figures;
    this.setting = setting;
    decode = Step.decode(1, setting.context());
    prefill = Step.prefill(setting.prompt());
  }

  static void addTo(Figures figures, Setting setting) {
    StepFigures all = new StepFigures(figures, setting);
    all.addPhase("decode", all.decode);
    all.addPhase("prefill", all.prefill);
    all.addDecode();
    all.addPrefill();
    all.addBatches();
  }

  private void addPhase(String phase, Step step) {
    figures.derive(
        phase + "Flops",
        Format.FLOPS,
        () -> Derivations.flops(phase, setting.architecture(), setting.operations(step)));
    figures.derive(
        phase + "Bytes",
        Format.BYTES,
        () -> Derivations.bytes(phase, setting.architecture(), setting.operations(step)));
    figures.derive(
        phase + "Intensity",
        Format.NUMBER,
        () -> Derivations.arithmeticIntensity(phase, setting.operations(step)));
    figures.derive(
        phase + "Seconds",
        Format.SECONDS,
        () -> Derivations.boundSeconds(phase, setting.cost(step), setting.roofline()));
    figures.put(phase + "TokensPerSecond", Format.NUMBER, () -> setting.tokensPerSecond(step));
    figures.put(phase + "PeakShare", Format.SHARE, () -> roofShare(setting.cost(step)));
    figures.put(phase + "BoundBy", Format.TEXT, () -> setting.boundBy(step));
    figures.when(phase + "IsMemoryBound", () -> setting.isMemoryBound(step));
  }

  /** What of the peak the roof leaves. */
  private double roofShare(Cost cost) {
    return setting.roofline().attainableFlopsPerSecond(cost.arithmeticIntensity())
        / setting.roofline().peakFlopsPerSecond();
  }

  private void addDecode() {
    figures.put("context", Format.COUNT, setting::context);
    figures.put("longestContext", Format.COUNT, setting::longestContext);
    figures.put("decodeWeightBytes", Format.BYTES, () -> setting.cost(decode).weightBytes());
    figures.put(
        "decodeWeightShare",
        Format.SHARE,
        () -> (double) setting.cost(decode).weightBytes() / setting.cost(decode).bytes());
    figures.put(
        "decodeMemorySeconds",
        Format.SECONDS,
        () -> setting.cost(decode).bytes() / setting.roofline().bytesPerSecond());
    figures.put(
        "decodeComputeSeconds",
        Format.SECONDS,
        () -> setting.cost(decode).flops() / setting.roofline().peakFlopsPerSecond());
    figures.put(
        "bitsPerWeight",
        Format.NUMBER,
        () ->
            (double) Byte.SIZE
                * setting.weights().storedBytes(setting.architecture())
                / Derivations.parameters(setting.architecture()).value().longValue());
    figures.put(
        "wholeSequenceFlops",
        Format.FLOPS,
        () -> setting.cost(Step.prefill(setting.context() + 1)).flops());
    figures.table("contextTable", this::contexts);
    figures.table("stepTable", this::steps);
  }

  private Table contexts() {
    return Tables.of(
        setting.contexts(),
        context -> {
          Cost cost = setting.cost(Step.decode(1, context));
          return List.of(
              cell("context", Format.COUNT, context),
              cell("cache read", Format.BYTES, cost.kvReadBytes()),
              cell("of all bytes", Format.SHARE, (double) cost.kvReadBytes() / cost.bytes()),
              cell("FLOP/B", Format.NUMBER, cost.arithmeticIntensity()),
              cell(
                  "tokens/s at most",
                  Format.NUMBER,
                  setting.tokensPerSecond(Step.decode(1, context))));
        });
  }

  private record Named(String name, Step step) {}

  private Table steps() {
    return Tables.of(
        List.of(
            new Named("decode, 1 sequence", decode),
            new Named("decode, " + SOME + " sequences", Step.decode(SOME, setting.context())),
            new Named("decode, " + MANY + " sequences", Step.decode(MANY, setting.context())),
            new Named("prefill, " + setting.prompt() + " tokens", prefill)),
        named -> Tables.join(List.of(cell("step", Format.TEXT, named.name)), costs(named.step)));
  }

  private List<Cell> costs(Step step) {
    Cost cost = setting.cost(step);
    return List.of(
        cell("FLOPs", Format.FLOPS, cost.flops()),
        cell("bytes", Format.BYTES, cost.bytes()),
        cell("FLOP/B", Format.NUMBER, cost.arithmeticIntensity()),
        cell("bound by", Format.TEXT, setting.boundBy(step)),
        cell("tokens/s", Format.NUMBER, setting.tokensPerSecond(step)));
  }

  private void addPrefill() {
    figures.put("prompt", Format.COUNT, setting::prompt);
    figures.put(
        "intensityRatio",
        Format.TIMES,
        () ->
            setting.cost(prefill).arithmeticIntensity()
                / setting.cost(decode).arithmeticIntensity());
    figures.derive(
        "activeParameters",
        Format.COUNT,
        () -> Derivations.activeParameters(setting.architecture()));
    figures.derive("ruleFlops", Format.FLOPS, () -> Derivations.ruleOfThumb(rule()));
    figures.put("exactFlops", Format.FLOPS, () -> rule().exact());
    figures.put("ruleError", Format.SHARE, () -> Math.abs(rule().relativeError()));
    figures.put("attentionShare", Format.SHARE, () -> attentionShare(prefill));
    figures.put(
        "longAttentionShare",
        Format.SHARE,
        () -> attentionShare(Step.prefill(setting.longestContext())));
    figures.when("promptCrosses", () -> promptCrossing.get().isPresent());
    figures.derive(
        "promptCrossing",
        Format.COUNT,
        () -> crossing(prefill).promptDerivation(promptCrossing.get().getAsInt()));
    figures.table(
        "promptTable",
        () ->
            Tables.of(
                PROMPTS.stream()
                    .filter(prompt -> prompt <= setting.architecture().maxPositions())
                    .toList(),
                prompt ->
                    Tables.join(
                        List.of(cell("prompt", Format.COUNT, prompt)),
                        costs(Step.prefill(prompt)))));
  }

  /** Two FLOPs for each parameter and token. */
  private RuleOfThumb rule() {
    return RuleOfThumb.all(setting.architecture(), TrainingStepFlops.OPTIONS, 1, setting.prompt())
        .getFirst();
  }

  private double attentionShare(Step step) {
    List<OperationCost> operations = setting.operations(step);
    return (double) flops(operations.stream().filter(StepFigures::attends))
        / flops(operations.stream());
  }

  static boolean attends(OperationCost operation) {
    return operation.operation() instanceof Attend
        || operation.operation() instanceof AttendLatents
        || operation.operation() instanceof AttendExpandedLatents;
  }

  private static long flops(Stream<OperationCost> operations) {
    return operations.mapToLong(operation -> operation.cost().flops()).sum();
  }

  private RidgeCrossing crossing(Step step) {
    return new RidgeCrossing(setting.architecture(), setting.options(step), setting.roofline());
  }

  private OptionalInt crossingPrompt() {
    return crossing(prefill).shortestPrompt(setting.architecture().maxPositions());
  }

  private void addBatches() {
    figures.table(
        "batchTable",
        () ->
            Tables.of(
                Setting.batches(),
                batch -> {
                  Step step = Step.decode(batch, setting.context());
                  Cost cost = setting.cost(step);
                  return List.of(
                      cell("batch", Format.COUNT, batch),
                      cell("FLOP/B", Format.NUMBER, cost.arithmeticIntensity()),
                      cell("bound by", Format.TEXT, setting.boundBy(step)),
                      cell("a step takes at least", Format.SECONDS, setting.seconds(step)),
                      cell("tokens/s at most", Format.NUMBER, setting.tokensPerSecond(step)));
                }));
    figures.derive("limitIntensity", Format.NUMBER, this::limit);
    figures.when("batchCrosses", () -> batchCrossing.get().isPresent());
    figures.derive(
        "batchCrossing",
        Format.COUNT,
        () -> crossing(decode).decodeDerivation(batchCrossing.get().getAsInt(), setting.context()));
  }

  private OptionalInt crossingBatch() {
    return crossing(decode).smallestDecodeBatch(setting.context(), RidgeCrossing.MAX_TRIED);
  }

  /** The intensity of endless sequences, beside which the weights are nothing. */
  private Derivation limit() {
    Cost cost = setting.cost(decode);
    return new Derivation(
        "intensity of decoding without weights",
        (double) cost.flops() / (cost.bytes() - cost.weightBytes()),
        "FLOP/B",
        "flops / (bytes - weightBytes), of one sequence",
        Map.of("flops", cost.flops(), "bytes", cost.bytes(), "weightBytes", cost.weightBytes()),
        List.of(),
        "what B flops / (weightBytes + B (bytes - weightBytes)) goes to as B grows");
  }
}
