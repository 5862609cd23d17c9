package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ExpertsTouched;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpertParallelTest {
  private static final Device H200 = DeviceCatalog.named("H200");

  private static final MixtureOfExperts DEEPSEEK =
      (MixtureOfExperts)
          ModelCatalog.get("DeepSeek-V3").decoder().orElseThrow().layers().getLast().feedForward();

  /** The expected greatest of normal variables: 1 / sqrt(pi) of two, 3 / (2 sqrt(pi)) of three. */
  @Test
  void theGreatestOfNormalVariables() {
    assertEquals(0, ExpertLoad.expectedMaximum(1), 1e-6);
    assertEquals(1 / Math.sqrt(Math.PI), ExpertLoad.expectedMaximum(2), 1e-5);
    assertEquals(1.5 / Math.sqrt(Math.PI), ExpertLoad.expectedMaximum(3), 1e-5);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8",
    "4, 8",
    "16, 8",
    "64, 8",
    "512, 8",
    "16, 2",
    "64, 4",
    "64, 32",
    "512, 64",
    "4096, 256"
  })
  void theLoadIsThatOfDraws(int tokens, int devices) {
    int draws = 400_000 / (tokens * DEEPSEEK.numExpertsPerToken()) + 20;
    SplittableRandom random = new SplittableRandom(7);
    double rows = 0;
    double touched = 0;
    for (int i = 0; i < draws; i++) {
      int[] chosen = chosen(tokens, random);
      rows += greatest(chosen, devices, n -> n);
      touched += greatest(chosen, devices, n -> Math.min(1, n));
    }
    ExpertLoad load = ExpertLoad.of(DEEPSEEK, tokens, devices);
    double mean = (double) tokens * DEEPSEEK.numExpertsPerToken() / devices;
    double meanTouched = DEEPSEEK.expectedExpertsTouched(tokens) / devices;
    assertEquals(1, load.rows() / (rows / draws / mean), 0.12);
    assertEquals(1, load.touched() / (touched / draws / meanTouched), 0.12);
  }

  /** How often each expert is chosen. */
  private static int[] chosen(int tokens, SplittableRandom random) {
    int[] experts = IntStream.range(0, DEEPSEEK.numExperts()).toArray();
    int[] chosen = new int[experts.length];
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < DEEPSEEK.numExpertsPerToken(); i++) {
        int other = random.nextInt(i, experts.length);
        int expert = experts[other];
        experts[other] = experts[i];
        experts[i] = expert;
        chosen[expert]++;
      }
    }
    return chosen;
  }

  private static int greatest(int[] chosen, int devices, IntUnaryOperator counted) {
    int each = chosen.length / devices;
    return IntStream.range(0, devices)
        .map(device -> Arrays.stream(chosen, device * each, (device + 1) * each).map(counted).sum())
        .max()
        .orElseThrow();
  }

  /**
   * Low-latency kernels of DeepEP on H800 (NVLink of 200 GB/s in one direction), docs/legacy.md:
   * 128 tokens, 7168 columns, 8 experts each, FP8 there and BF16 back.
   */
  @ParameterizedTest
  @CsvSource({
    "8, 77e-6, 114e-6",
    "16, 118e-6, 195e-6",
    "32, 155e-6, 273e-6",
    "64, 173e-6, 314e-6",
    "128, 192e-6, 369e-6",
    "256, 194e-6, 360e-6"
  })
  void deepEpIsMet(int devices, double dispatch, double combine) {
    double reached = 200e9 * Efficiency.SERVING.linkUtilization();
    ExpertExchange exchange =
        new ExpertExchange(
            devices,
            ExpertExchange.SCALED_FP8,
            Precision.BF16,
            new Link("NVLink", reached, Efficiency.SERVING.hopSeconds()));
    int rows = 128 * 8;
    assertEquals(
        1, exchange.seconds(ExpertExchange.SCALED_FP8, rows, 7168) / dispatch, 0.3, "dispatch");
    assertEquals(1, exchange.seconds(Precision.BF16, rows, 7168) / combine, 0.3, "combine");
  }

  /** Dispatch in FP8 with a scale per 128 elements and combine in BF16, by hand. */
  @Test
  void oneLayersExchangeByHand() {
    ExpertExchange exchange =
        new ExpertExchange(
            8, ExpertExchange.SCALED_FP8, Precision.BF16, new Link("link", 1e9, 1e-6));
    // 16 rows of 256: 264 and 512 bytes each, seven eighths of them to others.
    assertEquals(2e-6 + 16 * (264 + 512) * 7 / 8 / 1e9, exchange.seconds(16, 256), 1e-12);
  }

  /** Whole experts are as many bytes as parts of all; all wait for the busiest device. */
  @Test
  void wholeExpertsWaitForTheBusiestDevice() {
    Replica cut = replica(new ServingLayout(8, 1));
    Replica whole = replica(new ServingLayout(8, 8));
    assertEquals(cut.memory(64, 2048).weightBytes(), whole.memory(64, 2048).weightBytes());
    ServingTime.Terms parts = cut.steps().decode(64, 2048);
    ServingTime.Terms experts = whole.steps().decode(64, 2048);
    assertTrue(experts.matrices() > parts.matrices());
    double most = ExpertLoad.of(DEEPSEEK, 64, 8).rows();
    assertTrue(experts.matrices() < most * parts.matrices());
    assertEquals(parts.attention(), experts.attention());
    assertEquals(parts.communication(), experts.communication());
    assertEquals(0, experts.exchange());
  }

  /**
   * Groups that attend alone hold all of the attention, an eighth of the sequences, and exchange.
   */
  @Test
  void groupsAttendToSequencesOfTheirOwn() {
    Replica shared = replica(new ServingLayout(8, 8));
    Replica alone = replica(new ServingLayout(1, 8));
    assertTrue(alone.memory(64, 2048).weightBytes() > shared.memory(64, 2048).weightBytes());
    assertTrue(
        alone.memory(64, 2048).kvReservedBytes() < shared.memory(64, 2048).kvReservedBytes());
    ServingTime.Terms terms = alone.steps().decode(64, 2048);
    assertEquals(0, terms.communication());
    // 58 layers have experts; each group has 8 of 64 tokens, which pass 8 experts.
    ExpertExchange exchange =
        new ExpertExchange(
            8,
            ExpertExchange.SCALED_FP8,
            Precision.BF16,
            new Link(
                "link",
                H200.linkBytesPerSecond().getAsDouble() * Efficiency.SERVING.linkUtilization(),
                Efficiency.SERVING.hopSeconds()));
    assertEquals(58 * exchange.seconds(8 * 8, 7168), terms.exchange(), 1e-12);
    assertTrue(alone.largestBatch(1024, 1024) > shared.largestBatch(1024, 1024));
  }

  @Test
  void theTermsAreExplained() {
    List<Derivation> derivations = replica(new ServingLayout(1, 8)).expertDerivations(64, 2048);
    assertEquals(2, derivations.size());
    assertEquals(
        ExpertLoad.of(DEEPSEEK, 64, 8).rows(), derivations.getFirst().value().doubleValue());
    Derivation exchange = derivations.getLast();
    assertEquals(
        exchange.value().doubleValue(),
        exchange.terms().stream().mapToDouble(term -> term.value().doubleValue()).sum(),
        1e-15);
    assertEquals(List.of(), replica(new ServingLayout(8, 1)).expertDerivations(64, 2048));
  }

  @ParameterizedTest
  @CsvSource({
    "Llama-3.1-8B, 8, 8, no experts for expert parallelism",
    "DeepSeek-V3, 1, 48, 256 experts cannot be shared by 48 devices"
  })
  void whatCannotBeSharedOutIsRefused(String model, int tensor, int expert, String reason) {
    assertEquals(
        H200.name() + ": " + reason,
        assertThrows(
                InvalidInputException.class,
                () -> replica(model, new ServingLayout(tensor, expert)))
            .getMessage());
  }

  @Test
  void layoutsDivideTheirDevices() {
    assertEquals(
        "layout: expertParallel must be a multiple or a divisor of tensorParallel, 4, but is 6",
        assertThrows(InvalidInputException.class, () -> new ServingLayout(4, 6)).getMessage());
    assertEquals(8, new ServingLayout(2, 8).devices());
    assertEquals(4, new ServingLayout(2, 8).attentionGroups());
    assertEquals(8, new ServingLayout(8, 4).devices());
    assertEquals(1, new ServingLayout(8, 4).attentionGroups());
  }

  private static Replica replica(ServingLayout layout) {
    return replica("DeepSeek-V3", layout);
  }

  private static Replica replica(String model, ServingLayout layout) {
    return Replica.inWeightFormats(
        ModelCatalog.get(model),
        new ForwardOptions(
            WeightFormats.usual(Precision.FP8, Precision.BF16),
            KvCacheFormat.of(Precision.BF16),
            Precision.BF16,
            ExpertsTouched.EXPECTED),
        H200,
        layout,
        Efficiency.SERVING);
  }
}
