package dev.ridgepoint.estimator.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.LlamaShape;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The right numbers for the errata of {@code estimator/ERRATA.md} about this subject. */
class ArchitectureErrataTest {
  private static final DataFormats BF16 = new DataFormats(Precision.BF16, Precision.BF16);
  private static final Roofline H100 = new Roofline(989.4e12, 3.35e12);

  @Test
  void erratum001MultiQueryAttentionHasTwoSquareMatrices() {
    assertEquals(41_877_504, attentionPerLayer("falcon-7b"));
  }

  @Test
  void erratum002GroupedQueryAttentionHasTwoSquareMatrices() {
    assertEquals(41_943_040, attentionPerLayer("Llama-3-8B"));
    assertEquals(68_976_648_192L, total("Llama-2-70B"));
  }

  @Test
  void erratum003LlamaIsGatedAndUntied() {
    assertEquals(6_738_415_616L, total("llama-7b"));
    assertEquals(13_015_864_320L, total("llama-13b"));
  }

  @ParameterizedTest
  @CsvSource({"llama-7b, 0", "bloom-560m, 0", "opt-125m, 1574400", "gpt2, 786432", "t5-base, 768"})
  void erratum004OnlyLearnedPositionsAreParameters(String name, long positions) {
    assertEquals(positions, ParameterCount.of(ModelCatalog.get(name)).of(Component.POSITIONS));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, 124439808",
    "gpt2-medium, 354823168",
    "gpt2-large, 774030080",
    "gpt2-xl, 1557611200"
  })
  void erratum005Gpt2HasBiasesAnd1024Positions(String name, long total) {
    assertEquals(total, total(name));
  }

  @Test
  void erratum006FeedForwardBiasesAreOneOfEachWidth() {
    assertEquals(3_840, perLayer("gpt2", t -> t.name().matches("(up|down)_proj.bias")));
  }

  @Test
  void erratum007Qwen2HasBiasesOfQueriesKeysAndValuesAlone() {
    assertEquals(4_608, perLayer("Qwen2.5-7B", t -> t.name().endsWith(".bias")));
  }

  @Test
  void erratum008ExpertsAreGatedAndFewAreActive() {
    Architecture mixtral = ModelCatalog.get("Mixtral-8x7B");
    long experts =
        mixtral.weights().stream()
            .filter(t -> t.name().startsWith("expert."))
            .mapToLong(WeightTensor::parameters)
            .sum();
    assertEquals(45_097_156_608L, experts);
    assertEquals(12_879_925_248L, ParameterCount.active(mixtral).total());
  }

  @ParameterizedTest
  @CsvSource({"llama-7b, 8192", "gemma-2-2b, 9216", "OLMo-1B, 0", "phi-2, 5120", "gpt2, 3072"})
  void erratum009NormsDifferByFamily(String name, long norms) {
    assertEquals(
        norms,
        perLayer(
            name, t -> t.component() == Component.NORMS && !t.name().startsWith("final_norm")));
  }

  @Test
  void erratum010HeadsMatterWhereTheirSizeIsExplicit() {
    assertEquals(2L * 1024 * 1024, perLayer("Qwen3-0.6B", t -> t.name().equals("q_proj")));
  }

  @ParameterizedTest
  @CsvSource({
    "Llama-3.2-1B, 21.3",
    "gemma-2b, 20.9",
    "Qwen2.5-0.5B, 27.6",
    "gemma-3-1b, 30.2",
    "Llama-3-8B, 13.1"
  })
  void erratum011EmbeddingsAreNotAlwaysSmall(String name, double percent) {
    ParameterCount count = ParameterCount.of(ModelCatalog.get(name));
    double share = count.share(Component.EMBEDDING) + count.share(Component.HEAD);
    assertEquals(percent, 100 * share, 0.05);
  }

  @Test
  void erratum012AnEncoderDecoderIsTwoAndAThirdDecoders() {
    double t5 = ParameterCount.of(ModelCatalog.get("t5-base")).nonEmbedding();
    double gpt2 = ParameterCount.of(ModelCatalog.get("gpt2")).nonEmbedding();
    assertEquals(28.0 / 12, t5 / gpt2, 0.005);
  }

  @Test
  void erratum013DecodersRotate() {
    for (String name : List.of("llama-7b", "Qwen3-8B", "phi-2", "gpt-neox-20b", "falcon-7b")) {
      Architecture architecture = ModelCatalog.get(name);
      assertEquals(0, architecture.embedding().positionRows(), name);
      assertTrue(architecture.decoder().orElseThrow().layers().get(0).attention().rotaryDim() > 0);
    }
  }

  /**
   * 14, 15, 81: 24 S d^2 for the linear parts of a plain layer with I = 4d, of which 8 attention.
   */
  @Test
  void erratum014And015And081AMultiplyAddIsTwoFlops() {
    long s = 100;
    List<OperationCost> operations = layer0(ModelCatalog.get("gpt2"), (int) s);
    long square = s * 768 * 768;
    assertEquals(6 * square, matmul(operations, "qkv_proj"));
    assertEquals(2 * square, matmul(operations, "o_proj"));
    assertEquals(16 * square, matmul(operations, "ffn_up") + matmul(operations, "ffn_down"));
    // 4 S^2 d if every token saw all others; a causal one sees (S + 1) / 2 in the mean.
    assertEquals(4 * s * (s + 1) / 2 * 768, matmul(operations, "attention"));
  }

  @Test
  void erratum016ATrainingStepIsThreeForwardPasses() {
    Step step = new Step(List.of(new Step.Sequence(1024, 0, 1024)));
    List<OperationCost> operations = operations(ModelCatalog.get("gpt2"), step);
    long attention = matmul(operations, "attention");
    long head = matmul(operations, "lm_head");
    long linear = OperationList.total(operations).matmulFlops() - attention - head;
    assertNear(521.8e9, 3 * linear, 0.05e9);
    assertNear(237.1e9, 3 * head, 0.05e9);
    assertEquals(116.0e9, 3.0 * attention * 2 * 1024 / 1025, 0.05e9);
  }

  @Test
  void erratum017PrefillCountsGatesTwoPerMultiplyAddAndOneHead() {
    List<OperationCost> operations = operations(ModelCatalog.get("llama-7b"), Step.prefill(2048));
    assertNear(27.63e12, OperationList.total(operations).matmulFlops(), 0.005e12);
    assertEquals(262_144_000, matmul(operations, "lm_head"));
  }

  @Test
  void erratum018TheContextGrowsWithEveryStep() {
    Architecture llama = ModelCatalog.get("llama-7b");
    ForwardOptions options = ForwardOptions.of(BF16, Step.decode(1, 512));
    GenerationCost growing = GenerationCost.of(llama, options, 1, 512, 2048);
    long constant =
        2048
            * OperationList.total(OperationList.of(llama, options, Step.decode(1, 512)))
                .matmulFlops();
    assertNear(27.61e12, constant, 0.01e12);
    assertEquals(28.71e12, growing.matmulFlops().doubleValue(), 0.01e12);
  }

  @Test
  void erratum019TheCacheHoldsKeyValueHeads() {
    assertEquals(327_680, cachePerToken("Llama-2-70B"));
  }

  @ParameterizedTest
  @CsvSource({"bf16, 8192", "fp8, 4096", "int4-g128, 2112", "int4-g128z, 2128", "q4_0, 2304"})
  void erratum020FormatsCountTheirScales(String name, long bytesOfARowOf4096) {
    assertEquals(bytesOfARowOf4096, Precision.named("--dtype", name).rowBytes(4096));
  }

  @Test
  void erratum021FewerKeyValueHeadsLeaveTheScoresAsTheyAre() {
    List<OperationCost> multiHead = layer0(llama(1024, 1, 16, 16).architecture(), 64);
    List<OperationCost> multiQuery = layer0(llama(1024, 1, 16, 1).architecture(), 64);
    assertEquals(matmul(multiHead, "attention"), matmul(multiQuery, "attention"));
    long saved = 2L * 64 * 1024 * 2 * (1024 - 64);
    assertEquals(saved, matmul(multiHead, "qkv_proj") - matmul(multiQuery, "qkv_proj"));
  }

  @Test
  void erratum068And069Llama2Of70BIsGatedAndUntied() {
    ParameterCount count = ParameterCount.of(ModelCatalog.get("Llama-2-70B"));
    assertEquals(704_643_072, count.of(Component.FEED_FORWARD) / 80);
    assertEquals(262_144_000, count.of(Component.HEAD));
    assertEquals(68_976_648_192L, count.total());
  }

  @Test
  void erratum070And071TheLayersOfAFiveTokenPrompt() {
    List<OperationCost> operations = layer0(ModelCatalog.get("Llama-2-70B"), 5);
    assertNear(0.839e9, matmul(operations, "qkv_proj"), 0.0005e9);
    double linear = OperationList.total(operations).matmulFlops() - matmul(operations, "attention");
    assertEquals(684.6e9, 80 * linear, 0.1e9);
    // 0.82 million with a full mask, of which a causal one needs (5 + 1) / (2 * 5).
    assertEquals(819_200 * 6 / 10, matmul(operations, "attention"));
  }

  @Test
  void erratum072And073And094OneTokenReadsAllWeightsForTwoFlopsEach() {
    Architecture llama = ModelCatalog.get("Llama-2-70B");
    Cost total = OperationList.total(operations(llama, Step.decode(1, 0)));
    assertNear(136.9e9 + 0.52e9, total.matmulFlops(), 0.05e9);
    assertNear(137.4e9, total.weightBytes(), 0.1e9);
    assertEquals(1.0, total.arithmeticIntensity(), 0.01);
    assertEquals(0.0034, total.arithmeticIntensity() / H100.ridgePoint(), 0.00005);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 0.17",
    "2048, 0.67",
    "4096, 1.34",
    "8192, 2.68",
    "32768, 10.74",
    "131072, 42.95"
  })
  void erratum074And075TheCacheOfLlama2Of70B(long positions, double gigabytes) {
    assertEquals(gigabytes, cachePerToken("Llama-2-70B") * positions / 1e9, 0.005);
  }

  @Test
  void erratum076AttentionStaysQuadraticInAGeneration() {
    Architecture llama = ModelCatalog.get("llama-7b");
    assertEquals(
        4.0, attentionOfGeneration(llama, 4096) / attentionOfGeneration(llama, 2048), 0.01);
  }

  private static double attentionOfGeneration(Architecture architecture, int newTokens) {
    long flops = 0;
    Step.Sequence sequence = new Step.Sequence(newTokens, 0, newTokens);
    for (OperationCost cost : operations(architecture, new Step(List.of(sequence)))) {
      flops += cost.name().equals("attention") ? cost.cost().flops() : 0;
    }
    return flops;
  }

  @Test
  void erratum077EightSequencesOf4096FitTwoDevicesOf80Gigabytes() {
    InferenceMemory memory =
        InferenceMemory.of(
            ModelCatalog.get("Llama-2-70B"),
            ForwardOptions.of(BF16, Step.decode(8, 4096))
                .withActivations(Precision.BF16)
                .withWeights(WeightFormats.of(Precision.BF16, Precision.BF16)),
            8,
            4096,
            new InferenceMemory.Allocation.Contiguous(4096));
    assertEquals(137_953_296_384L, memory.weightBytes());
    assertEquals(10_737_418_240L, memory.kvReservedBytes());
    assertTrue(memory.totalBytes() < 160_000_000_000L);
  }

  @ParameterizedTest
  @CsvSource({"4096, 16384, 32", "3072, 8192, 24"})
  void erratum082And093TheLayersFactorDependsOnTheFeedForward(
      int h, int intermediate, long factor) {
    LlamaShape config = llama(h, 1, h / 128, h / 128, intermediate);
    List<OperationCost> operations = layer0(config.architecture(), 1);
    long linear = OperationList.total(operations).matmulFlops() - matmul(operations, "attention");
    assertEquals(factor * h * h, linear);
  }

  @Test
  void erratum082Llama2Of70BHasTwentyFiveAndAHalf() {
    List<OperationCost> operations = layer0(ModelCatalog.get("Llama-2-70B"), 1);
    long linear = OperationList.total(operations).matmulFlops() - matmul(operations, "attention");
    assertEquals(25.5, linear / (8192.0 * 8192), 0.001);
  }

  @Test
  void erratum083PrefillGrowsWithTheBatch() {
    Architecture llama = ModelCatalog.get("llama-7b");
    Step eight = new Step(Collections.nCopies(8, new Step.Sequence(100, 0, 1)));
    assertEquals(
        8 * OperationList.total(operations(llama, Step.prefill(100))).flops(),
        OperationList.total(operations(llama, eight)).flops());
  }

  @Test
  void erratum084DecodeTurnsComputeBoundUnlessTheCacheBinds() {
    ForwardOptions options =
        ForwardOptions.of(BF16, Step.decode(1, 0))
            .withActivations(Precision.BF16)
            .withWeights(WeightFormats.of(Precision.BF16, Precision.BF16));
    RidgeCrossing grouped = new RidgeCrossing(ModelCatalog.get("Llama-2-70B"), options, H100);
    int batch = grouped.smallestDecodeBatch(0, RidgeCrossing.MAX_TRIED).orElseThrow();
    // 296 by weights alone; what each sequence moves besides adds some.
    assertTrue(batch >= 296 && batch < 340, "batch " + batch);
    RidgeCrossing multiHead = new RidgeCrossing(ModelCatalog.get("llama-7b"), options, H100);
    assertEquals(OptionalInt.empty(), multiHead.smallestDecodeBatch(4096, RidgeCrossing.MAX_TRIED));
  }

  @Test
  void erratum086AVerificationYieldsOneTokenMore() {
    assertEquals(3.05, SpeculativeStep.expectedTokens(4, 0.75), 0.005);
    assertEquals(4, SpeculativeStep.expectedTokens(3, 1));
  }

  @Test
  void erratum095And096And097And111ALlamaLayerHasSevenMatrices() {
    ParameterCount count = ParameterCount.of(ModelCatalog.get("Llama-2-7B"));
    assertEquals(32 * 4L * 4096 * 4096, count.of(Component.ATTENTION));
    assertEquals(32 * 3L * 4096 * 11008, count.of(Component.FEED_FORWARD));
    assertEquals(6_738_415_616L, count.total());
    assertEquals(13_015_864_320L, total("Llama-2-13B"));
    assertEquals(2L * 8192 * 8192 + 2L * 8192 * 8 * 128, attentionPerLayer("Llama-2-70B"));
  }

  @Test
  void erratum098And099OneTokenIsTheSumOfItsParts() {
    List<OperationCost> at0 = operations(ModelCatalog.get("llama-7b"), Step.decode(1, 0));
    List<OperationCost> at2047 = operations(ModelCatalog.get("llama-7b"), Step.decode(1, 2047));
    assertNear(13.21e9, OperationList.total(at0).matmulFlops(), 0.01e9);
    assertEquals(2L * 4096 * 32000, matmul(at0, "lm_head"));
    assertEquals(32 * 4L * 2048 * 4096, matmul(at2047, "attention"));
  }

  @Test
  void erratum100KeysAndValuesAreTwo() {
    assertEquals(1L << 30, 2048 * cachePerToken("Llama-2-7B"));
  }

  @Test
  void erratum102TheEmbeddingIsNotTheModel() {
    assertEquals(
        131_072_000, ParameterCount.of(ModelCatalog.get("llama-7b")).of(Component.EMBEDDING));
  }

  @Test
  void erratum104TheLessonsTinyModel() {
    assertEquals(2_950_144 + 256, total("tiny"));
  }

  @Test
  void erratum106TwelveLayersOf768AreNotHalfABillion() {
    assertEquals(118_180_608, ParameterCount.of(llama(768, 12, 12, 12).architecture()).total());
  }

  @Test
  void erratum107GigabytesAndGibibytes() {
    long bytes = MemoryEstimate.weightBytes(ModelCatalog.get("lesson-0.5B"), Precision.F32);
    assertEquals(1.973, bytes / 1e9, 0.0005);
    assertEquals(1.837, bytes / (double) (1 << 30), 0.0005);
  }

  @ParameterizedTest
  @CsvSource({"1024, 29, 493.2", "768, 24, 231.4", "1024, 12, 207.9", "768, 52, 495.7"})
  void erratum109TheLessonsSums(int hidden, int layers, double millions) {
    int heads = hidden / 64;
    assertEquals(
        millions,
        ParameterCount.of(llama(hidden, layers, heads, heads).architecture()).total() / 1e6,
        0.05);
  }

  @Test
  void erratum109HowManyLayersMakeHalfABillion() {
    ParameterBudget budget =
        new ParameterBudget(500_000_000, n -> llama(1024, n, 16, 16).architecture(), 1);
    assertEquals(OptionalInt.of(29), budget.largestWithin());
    assertEquals(29, budget.nearest());
  }

  @Test
  void erratum110AGatedFeedForwardOfFourTimesIsThreeQuartersOfALayer() {
    ParameterCount count = ParameterCount.of(llama(1024, 1, 16, 16).architecture());
    double feedForward = count.of(Component.FEED_FORWARD);
    assertEquals(0.75, feedForward / (feedForward + count.of(Component.ATTENTION)));
  }

  @Test
  void erratum112GroupsShareHeadsNotTokens() {
    assertEquals(8 * cachePerToken("Llama-2-70B"), 2L * 80 * 64 * 128 * 2);
    GroupedQueryAttention attention =
        (GroupedQueryAttention)
            ModelCatalog.get("Llama-2-70B").decoder().orElseThrow().layers().get(0).attention();
    assertEquals(4096, attention.span().visible(1, 4095));
  }

  @Test
  void erratum113TheHeadOf13BHas164Million() {
    assertEquals(163_840_000, ParameterCount.of(ModelCatalog.get("llama-13b")).of(Component.HEAD));
  }

  private static void assertNear(double expected, long actual, double tolerance) {
    assertEquals(expected, (double) actual, tolerance);
  }

  private static long total(String name) {
    return ParameterCount.of(ModelCatalog.get(name)).total();
  }

  private static long attentionPerLayer(String name) {
    return perLayer(name, t -> t.component() == Component.ATTENTION);
  }

  private static long perLayer(String name, Predicate<WeightTensor> tensors) {
    Architecture architecture = ModelCatalog.get(name);
    return architecture.weights().stream().filter(tensors).mapToLong(WeightTensor::parameters).sum()
        / architecture.decoder().orElseThrow().layers().size();
  }

  private static long cachePerToken(String name) {
    return new KvCacheFormat(Precision.F16, LatentForm.EXPANDED_CACHE)
        .bytesPerToken(ModelCatalog.get(name));
  }

  private static List<OperationCost> operations(Architecture architecture, Step step) {
    return OperationList.of(architecture, ForwardOptions.of(BF16, step), step);
  }

  private static List<OperationCost> layer0(Architecture architecture, int tokens) {
    return operations(architecture, Step.prefill(tokens)).stream()
        .filter(cost -> cost.operation().layer() == 0)
        .toList();
  }

  private static long matmul(List<OperationCost> operations, String name) {
    return operations.stream()
        .filter(cost -> cost.name().equals(name))
        .mapToLong(each -> each.cost().matmulFlops())
        .sum();
  }

  /** The lesson's family: vocabulary of 6400, tied, gated feed-forward of four times the width. */
  private static LlamaShape llama(int hidden, int layers, int heads, int keyValueHeads) {
    return llama(hidden, layers, heads, keyValueHeads, 4 * hidden);
  }

  private static LlamaShape llama(
      int hidden, int layers, int heads, int keyValueHeads, int intermediate) {
    return new LlamaShape(
        "llama",
        6400,
        hidden,
        intermediate,
        layers,
        heads,
        keyValueHeads,
        hidden / heads,
        2048,
        1e-5,
        10_000,
        new RopeScaling.None(),
        true,
        false,
        false,
        false,
        false,
        0,
        0);
  }
}
