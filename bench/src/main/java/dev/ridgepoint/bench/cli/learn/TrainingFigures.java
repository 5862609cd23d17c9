package dev.ridgepoint.bench.cli.learn;

import static dev.ridgepoint.bench.cli.learn.Tables.cell;

import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.cluster.Collective;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.cluster.PipelineSchedule;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.scaling.ChinchillaFit;
import dev.ridgepoint.estimator.scaling.ComputeOptimum;
import dev.ridgepoint.estimator.scaling.KnownRun;
import dev.ridgepoint.estimator.scaling.OverTraining;
import dev.ridgepoint.estimator.scaling.PowerLawAllocation;
import dev.ridgepoint.estimator.serving.Efficiency;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory;
import dev.ridgepoint.estimator.training.TrainingMemory.Group;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.TrainingRun;
import dev.ridgepoint.estimator.training.TrainingRun.Prices;
import dev.ridgepoint.estimator.training.TrainingStates;
import dev.ridgepoint.estimator.training.TrainingStepFlops;
import dev.ridgepoint.estimator.training.UnknownActivationsException;
import dev.ridgepoint.estimator.training.ZeroStage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Training: its FLOPs, its memory, many devices, and how a budget is split. */
final class TrainingFigures {
  private static final int SEQUENCE = 2048;
  private static final int DEVICES = 8;
  private static final List<Integer> MICRO_BATCHES = List.of(1, 8, 64);

  /** Whose link is told where the device has none. */
  private static final String LINKED = "H100";

  private static final ChinchillaFit FIT = ChinchillaFit.BESIROGLU_REFIT;
  private static final PowerLawAllocation RULE = PowerLawAllocation.TWENTY_TOKENS_PER_PARAMETER;
  private static final String OVER_TRAINED = "Llama 3 8B";
  private static final Prices FREE = new Prices(0, 0, 1, 0);

  private final Figures figures;
  private final Setting setting;

  private TrainingFigures(Figures figures, Setting setting) {
    this.figures = figures;
    this.setting = setting;
  }

  static void addTo(Figures figures, Setting setting) {
    TrainingFigures all = new TrainingFigures(figures, setting);
    all.addStates();
    all.addActivations();
    all.addDevices();
    all.addLaws();
  }

  private long parameters() {
    return ParameterCount.of(setting.architecture()).total();
  }

  private TrainingStates states(ZeroStage zero, int devices) {
    return TrainingStates.of(setting.architecture(), MemoryOptions.DEFAULT.with(zero), devices);
  }

  private void addStates() {
    figures.derive("statesBytes", Format.BYTES, () -> states(ZeroStage.NONE, 1).derivation());
    figures.put(
        "bytesPerParameter",
        Format.COUNT,
        () -> states(ZeroStage.NONE, 1).totalBytes() / parameters());
    figures.table(
        "statesTable",
        () -> {
          TrainingStates states = states(ZeroStage.NONE, 1);
          return Tables.of(
              states.states(),
              state ->
                  List.of(
                      cell("kept", Format.TEXT, state.name()),
                      cell("B per parameter", Format.COUNT, state.bytes() / parameters()),
                      cell("bytes", Format.BYTES, states.bytes(state))));
        });
    figures.put("sequence", Format.COUNT, this::sequence);
    figures.put("trainingFlopsPerToken", Format.FLOPS, () -> step().perToken());
    figures.put(
        "sixN",
        Format.FLOPS,
        () ->
            TrainingRun.ruleOfThumbFlops(
                (double) ParameterCount.active(setting.architecture()).total(), 1));
    figures.when("isDecoder", setting::isDecoder);
    figures.put("ruleTokens", Format.NUMBER, this::ruleTokens);
    figures.derive("trainingSeconds", Format.SECONDS, () -> run().timeDerivation());
  }

  private int sequence() {
    return Math.min(SEQUENCE, setting.architecture().maxPositions());
  }

  private TrainingStepFlops step() {
    return TrainingStepFlops.of(setting.architecture(), 1, sequence());
  }

  /** Of the rule of thumb, on one device. */
  private TrainingRun run() {
    return new TrainingRun(
        step().perToken() * ruleTokens(),
        1,
        setting.roofline().peakFlopsPerSecond(),
        Efficiency.PUBLISHED.flopsUtilization(),
        FREE);
  }

  private void addActivations() {
    figures.when("knowsActivations", () -> model().isPresent());
    figures.put("activationBytes", Format.BYTES, () -> activations(MemoryOptions.DEFAULT));
    figures.put(
        "scoredActivationBytes",
        Format.BYTES,
        () -> activations(MemoryOptions.DEFAULT.withFlashAttention(false)));
    figures.put(
        "checkpointedActivationBytes",
        Format.BYTES,
        () -> activations(MemoryOptions.DEFAULT.with(Checkpointing.FULL, 1)));
    figures.derive("trainingBytes", Format.BYTES, () -> memory(MemoryOptions.DEFAULT).derivation());
  }

  private Optional<TrainingModel> model() {
    try {
      return Optional.of(TrainingModel.of(setting.model().name(), setting.architecture()));
    } catch (UnknownActivationsException unknown) {
      return Optional.empty();
    }
  }

  private long activations(MemoryOptions options) {
    return memory(options).bytes(Group.ACTIVATIONS);
  }

  private TrainingMemory memory(MemoryOptions options) {
    return TrainingMemory.peak(
        model().orElseThrow(), new TrainingBatch(sequence(), 1, 1), ParallelLayout.SINGLE, options);
  }

  private void addDevices() {
    figures.put("devices", Format.COUNT, () -> DEVICES);
    figures.table(
        "zeroTable",
        () ->
            Tables.of(
                List.of(ZeroStage.values()),
                stage ->
                    List.of(
                        cell("ZeRO stage", Format.COUNT, stage.number()),
                        cell("shared", Format.TEXT, shared(stage)),
                        cell(
                            "bytes of each device",
                            Format.BYTES,
                            states(stage, DEVICES).totalBytes()))));
    figures.put("linkDevice", Format.TEXT, () -> linked().name());
    figures.put("linkBandwidth", Format.BYTES_PER_SECOND, () -> link().bytesPerSecond());
    figures.put("messageBytes", Format.BYTES, this::messageBytes);
    figures.put("sumsPerStep", Format.COUNT, this::sums);
    figures.put(
        "tensorSentBytes",
        Format.BYTES,
        () -> sums() * Collective.ALL_REDUCE.sentBytes(DEVICES, messageBytes()));
    figures.put(
        "tensorSeconds",
        Format.SECONDS,
        () -> sums() * Collective.ALL_REDUCE.seconds(DEVICES, messageBytes(), link()));
    figures.table(
        "bubbleTable",
        () ->
            Tables.of(
                MICRO_BATCHES,
                micro ->
                    List.of(
                        cell("micro-batches", Format.COUNT, micro),
                        cell(
                            "idle",
                            Format.SHARE,
                            new PipelineSchedule(DEVICES, micro, 1).bubbleFraction()))));
  }

  private static String shared(ZeroStage stage) {
    return switch (stage) {
      case NONE -> "nothing";
      case OPTIMIZER -> "optimizer";
      case GRADIENTS -> "and gradients";
      case WEIGHTS -> "and weights";
    };
  }

  private Device linked() {
    Device own = setting.target().device();
    return own.linkBytesPerSecond().isPresent() ? own : DeviceCatalog.named(LINKED);
  }

  private Link link() {
    return new Link(
        linked().name(),
        linked().linkBytesPerSecond().getAsDouble(),
        Efficiency.PUBLISHED.hopSeconds());
  }

  /** A prompt's activations between two halves of a layer, in the 16 bits that devices send. */
  private long messageBytes() {
    return TrainingStepFlops.OPTIONS
        .activations()
        .matrixBytes(setting.prompt(), setting.architecture().hiddenSize());
  }

  /** Two in each layer. */
  private long sums() {
    return 2L * setting.layers().size();
  }

  private void addLaws() {
    figures.put("ruleRatio", Format.COUNT, () -> Math.round(rule().tokensPerParameter()));
    figures.put("budget", Format.FLOPS, this::budget);
    figures.put("fitName", Format.TEXT, FIT::name);
    figures.table(
        "lawTable",
        () ->
            Tables.of(
                Stream.concat(ChinchillaFit.ALL.stream(), Stream.of(RULE)).toList(),
                law -> {
                  ComputeOptimum best = law.optimum(budget());
                  return List.of(
                      cell("law", Format.TEXT, law.name()),
                      cell("parameters", Format.NUMBER, best.parameters()),
                      cell("tokens", Format.NUMBER, best.tokens()),
                      cell("tokens each", Format.NUMBER, best.tokensPerParameter()),
                      cell(
                          "loss, nats",
                          Format.NUMBER,
                          best.loss().isPresent() ? best.loss().getAsDouble() : null));
                }));
    figures.derive("smallerTokens", Format.NUMBER, () -> smaller().derivation());
    figures.put("smallerParameters", Format.NUMBER, () -> smaller().parameters());
    figures.put("smallerExtra", Format.SHARE, () -> smaller().extraComputeShare());
    figures.put("smallerPaysBack", Format.NUMBER, () -> smaller().breakEvenInferenceTokens());
    figures.put("overTrainedModel", Format.TEXT, () -> OVER_TRAINED);
    figures.put("overTrainedRatio", Format.COUNT, () -> Math.round(known().tokensPerParameter()));
  }

  /** The budget for which the rule of thumb asks for a model of this size. */
  private double budget() {
    return RULE.anchorFlops()
        * Math.pow(parameters() / RULE.anchorParameters(), 1 / RULE.exponent());
  }

  private ComputeOptimum rule() {
    return RULE.optimum(budget());
  }

  private double ruleTokens() {
    return rule().tokens();
  }

  /** Half the size, trained until it is as good. */
  private OverTraining smaller() {
    return OverTraining.of(FIT, budget(), FIT.optimum(budget()).parameters() / 2);
  }

  private static KnownRun known() {
    return KnownRun.ALL.stream()
        .filter(run -> run.name().equals(OVER_TRAINED))
        .findFirst()
        .orElseThrow();
  }
}
