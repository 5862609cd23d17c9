package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.inference.CacheDerivations;
import dev.ridgepoint.estimator.inference.Capacity;
import dev.ridgepoint.estimator.inference.Compression;
import dev.ridgepoint.estimator.inference.Compression.Variant;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.inference.InferenceMemory.Allocation;
import dev.ridgepoint.estimator.inference.RidgeCrossing;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.scaling.ChinchillaFit;
import dev.ridgepoint.estimator.serving.Efficiency;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServingLayout;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.TrainingStepFlops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The answers to the exercises of {@code LESSON.md}, by their numbers. Each is computed in the
 * formats and for the step of the exercise's last command, which shows it.
 */
final class Answers {
  private static final String SMALL = "Qwen2.5-0.5B";
  private static final String LARGE = "Llama-3.1-8B";
  private static final String SERVER = "H100";
  private static final String CARD = "RTX 4090";

  /** Any processor: without a device, vectors are counted in the formats of one. */
  private static final String ON_PAPER = "AMD EPYC 9654";

  private static final String OWN = "";

  private static final int LONGEST = 131_071;
  private static final int SEQUENCE = 2048;

  private static final List<Answer> ALL =
      List.of(
          new Answer(SMALL, ON_PAPER, Answers::downProjections),
          new Answer(SMALL, ON_PAPER, Answers::weightBytes),
          new Answer(SMALL, OWN, RoofFigures::ridgePoint),
          new Answer(SMALL, ON_PAPER, setting -> intensity(setting, "decode", decode(setting))),
          new Answer(SMALL, OWN, setting -> seconds(setting, decode(setting))),
          new Answer(SMALL, OWN, setting -> peakShare(setting, decode(setting))),
          new Answer(LARGE, SERVER, setting -> tokensPerSecond(setting, decode(setting))),
          new Answer(
              SMALL,
              ON_PAPER,
              setting -> intensity(setting, "prefill", Step.prefill(setting.prompt()))),
          new Answer(LARGE, CARD, Answers::shortestPrompt),
          new Answer(LARGE, SERVER, Answers::kvPerToken),
          new Answer(LARGE, SERVER, setting -> kvBytes(setting, LONGEST)),
          new Answer(LARGE, SERVER, setting -> tokensPerSecond(setting, Step.decode(1, LONGEST))),
          new Answer(
              LARGE,
              SERVER,
              setting -> intensity(setting, "decode", Step.decode(64, setting.context()))),
          new Answer(LARGE, CARD, Answers::smallestBatch),
          new Answer(
              "Llama-2-7B",
              SERVER,
              setting -> intensity(setting, "decode", Step.decode(1024, SEQUENCE))),
          new Answer("Llama-2-7B", SERVER, Answers::kvPerToken),
          new Answer("DeepSeek-V3", SERVER, Answers::kvPerToken),
          new Answer("gemma-3-1b", SERVER, setting -> kvBytes(setting, 32_767)),
          new Answer(
              LARGE,
              CARD,
              setting -> tokensPerSecond(in(Precision.Q4_0, setting), decode(setting))),
          new Answer(LARGE, CARD, Answers::prefillSpeedup),
          new Answer(LARGE, CARD, Answers::largestBatch),
          new Answer(LARGE, CARD, Answers::reservedBytes),
          new Answer(LARGE, SERVER, Answers::timePerToken),
          new Answer(SMALL, ON_PAPER, setting -> ServingFigures.expectedTokens(4, 0.75)),
          new Answer("Mixtral-8x7B", ON_PAPER, of(Derivations::activeParameters)),
          new Answer(LARGE, ON_PAPER, Answers::trainingFlops),
          new Answer(LARGE, ON_PAPER, Answers::trainingBytes),
          new Answer(SMALL, ON_PAPER, any -> ChinchillaFit.BESIROGLU_REFIT.optimumDerivation(1e21)),
          new Answer(
              SMALL, ON_PAPER, any -> ChinchillaFit.BESIROGLU_REFIT.optimumDerivation(1.5e13)));

  private Answers() {}

  /** How many exercises have an answer. */
  static int count() {
    return ALL.size();
  }

  /** The answer to the exercise of a number, from 1. */
  static Answer of(int number) {
    return ALL.get(number - 1);
  }

  private static Function<Setting, Derivation> of(Function<Architecture, Derivation> derivation) {
    return setting -> derivation.apply(setting.architecture());
  }

  private static Step decode(Setting setting) {
    return Step.decode(1, setting.context());
  }

  private static Derivation downProjections(Setting setting) {
    long layers = setting.layers().size();
    long hidden = setting.architecture().hiddenSize();
    long intermediate =
        ((DenseFeedForward) setting.layers().getFirst().feedForward()).intermediateSize();
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("layers", layers);
    inputs.put("intermediateSize", intermediate);
    inputs.put("hiddenSize", hidden);
    return new Derivation(
        "FLOPs of the down projections",
        layers * (2 * intermediate * hidden + hidden),
        "FLOP",
        "layers x (2 x intermediateSize x hiddenSize + hiddenSize)",
        inputs,
        List.of(
            new Derivation.Term("multiply-adds", layers * 2 * intermediate * hidden),
            new Derivation.Term("adding to the residual stream", layers * hidden)),
        "2mkn for a matrix product [m, k] x [k, n], here with m = 1");
  }

  private static Derivation weightBytes(Setting setting) {
    return Derivations.weightBytes(setting.architecture(), setting.decodeOptions());
  }

  private static Derivation intensity(Setting setting, String phase, Step step) {
    return Derivations.arithmeticIntensity(phase, setting.operations(step));
  }

  private static Derivation seconds(Setting setting, Step step) {
    return Derivations.boundSeconds("decode", setting.cost(step), setting.roofline());
  }

  private static Derivation peakShare(Setting setting, Step step) {
    double intensity = setting.cost(step).arithmeticIntensity();
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("intensity", intensity);
    inputs.put("ridgePoint", setting.roofline().ridgePoint());
    return new Derivation(
        "share of the peak under the roof",
        setting.roofline().attainableFlopsPerSecond(intensity)
            / setting.roofline().peakFlopsPerSecond(),
        "",
        "min(1, intensity / ridgePoint)",
        inputs,
        List.of(),
        "Williams et al. 2009, doi:10.1145/1498765.1498785");
  }

  private static Derivation tokensPerSecond(Setting setting, Step step) {
    Derivation seconds = seconds(setting, step);
    Map<String, Number> inputs = new LinkedHashMap<>(seconds.inputs());
    inputs.put("newTokens", step.totalNewTokens());
    return new Derivation(
        "tokens per second at most",
        step.totalNewTokens() / seconds.value().doubleValue(),
        "tokens/s",
        "newTokens / " + seconds.formula(),
        inputs,
        List.of(),
        seconds.source());
  }

  private static Derivation shortestPrompt(Setting setting) {
    RidgeCrossing crossing = crossing(setting, setting.options(Step.prefill(setting.prompt())));
    return crossing.promptDerivation(
        crossing.shortestPrompt(setting.architecture().maxPositions()).orElseThrow());
  }

  private static Derivation smallestBatch(Setting setting) {
    RidgeCrossing crossing = crossing(setting, setting.decodeOptions());
    int context = setting.context();
    int batch = crossing.smallestDecodeBatch(context, RidgeCrossing.MAX_TRIED).orElseThrow();
    return crossing.decodeDerivation(batch, context);
  }

  private static RidgeCrossing crossing(Setting setting, ForwardOptions options) {
    return new RidgeCrossing(setting.architecture(), options, setting.roofline());
  }

  private static Derivation kvPerToken(Setting setting) {
    return CacheDerivations.bytesPerToken(setting.architecture(), setting.decodeOptions());
  }

  private static Derivation kvBytes(Setting setting, int positions) {
    Derivation perToken = kvPerToken(setting);
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("bytesPerToken", perToken.value());
    inputs.put("positions", positions);
    return new Derivation(
        "KV cache in use",
        setting.decodeOptions().kvCache().sequenceBytes(setting.architecture(), positions),
        "B",
        "sum over layers of bytesPerPosition x positions, or x window where that is less",
        inputs,
        List.of(),
        perToken.source());
  }

  private static Setting in(Precision precision, Setting setting) {
    WeightFormats weights =
        WeightFormats.usual(precision, setting.target().device().usualVectors());
    return setting.with(
        new NamedModel(setting.model().name(), setting.architecture(), Optional.of(weights)));
  }

  private static Derivation prefillSpeedup(Setting setting) {
    Setting narrow = in(Precision.Q4_0, setting);
    return new Compression(variant(setting), variant(narrow))
        .prefill(setting.prompt())
        .derivation("weights in " + narrow.weights().name());
  }

  private static Variant variant(Setting setting) {
    return new Variant(
        setting.weights().name(),
        setting.architecture(),
        setting.decodeOptions(),
        setting.roofline());
  }

  private static Derivation largestBatch(Setting setting) {
    return Derivations.largestBatch(
        new Capacity(
            setting.architecture(),
            setting.decodeOptions(),
            new Allocation.Paged(CacheFigures.BLOCK),
            setting.target().device().memoryBytes().orElseThrow()),
        SEQUENCE);
  }

  private static Derivation reservedBytes(Setting setting) {
    int room = setting.architecture().maxPositions();
    int sequences = 8;
    InferenceMemory memory =
        InferenceMemory.of(
            setting.architecture(),
            setting.decodeOptions(),
            sequences,
            1000,
            new Allocation.Contiguous(room));
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("sequences", sequences);
    inputs.put("room", room);
    inputs.put("bytesPerToken", kvPerToken(setting).value());
    return new Derivation(
        "KV cache reserved",
        memory.kvReservedBytes(),
        "B",
        "sequences x room x bytesPerToken",
        inputs,
        List.of(),
        "Kwon et al. 2023, arXiv:2309.06180");
  }

  private static Derivation timePerToken(Setting setting) {
    return new Replica(
            setting.architecture(),
            setting.decodeOptions(),
            setting.target().device(),
            setting.target().computeDtype(),
            ServingLayout.tensor(1),
            Efficiency.SERVING)
        .decodeDerivation(64, setting.prompt(), 127);
  }

  private static Derivation trainingFlops(Setting setting) {
    TrainingStepFlops step = TrainingStepFlops.of(setting.architecture(), 1, SEQUENCE);
    Derivation sequence = step.derivation();
    return new Derivation(
        "training FLOPs of a token",
        step.perToken(),
        "FLOP",
        "3 forward / sequenceLength",
        sequence.inputs(),
        List.of(),
        sequence.source());
  }

  private static Derivation trainingBytes(Setting setting) {
    return TrainingMemory.peak(
            TrainingModel.of(setting.model().name(), setting.architecture()),
            new TrainingBatch(SEQUENCE, 1, 1),
            ParallelLayout.SINGLE,
            MemoryOptions.DEFAULT)
        .derivation();
  }
}
