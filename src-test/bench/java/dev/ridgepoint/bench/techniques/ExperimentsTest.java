package dev.ridgepoint.bench.techniques;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.report.SampleReports;
import dev.ridgepoint.bench.report.Technique;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.KernelCalibration;
import dev.ridgepoint.model.MatrixTypes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each technique does the work that is predicted of it, whatever time that takes. */
class ExperimentsTest {
  private static final Architecture TINY = ModelCatalog.get("tiny");
  private static final MatrixTypes TYPES = MatrixTypes.all(DType.BF16);
  private static final TechniqueRun.Subject SUBJECT =
      new TechniqueRun.Subject("tiny", TINY, TYPES, DType.F32, 2);

  private static final TechniqueRun.Subject NARROW =
      new TechniqueRun.Subject("tiny", TINY, TYPES, DType.BF16, 2);

  private static final Sums SUMS = new Sums();
  private static Stage stage;
  private static Stage narrowStage;

  /** What the engine says it did. */
  private static final class Sums implements Meter {
    private long flops;
    private long bytes;

    @Override
    public void begin(String operation, int layer) {}

    @Override
    public void end(
        long flops,
        long matmulFlops,
        long weightBytes,
        long kvReadBytes,
        long kvWrittenBytes,
        long activationBytes) {
      this.flops += flops;
      bytes += weightBytes + kvReadBytes + kvWrittenBytes + activationBytes;
    }
  }

  @BeforeAll
  static void load() {
    stage = stage(SUBJECT);
    narrowStage = stage(NARROW);
  }

  private static Stage stage(TechniqueRun.Subject subject) {
    Sizes sizes = Sizes.of("tiny", TINY.maxPositions());
    Predictors predictors =
        Predictors.of(
            subject,
            SampleReports.machine(),
            KernelCalibration.NONE,
            cache -> new DataFormats(TYPES.formats(), Precision.named("cache", cache.name())));
    return Stage.of(new BenchedModel(subject, SUMS), sizes, predictors);
  }

  @AfterAll
  static void close() {
    stage.model().close();
    narrowStage.model().close();
  }

  private static List<Technique> techniques() {
    List<Technique> techniques = new ArrayList<>();
    for (Function<Stage, Experiment> each : TechniqueRun.all(stage.sizes(), SUBJECT)) {
      try (Experiment experiment = each.apply(stage)) {
        assertTrue(experiment.secondsOfTurn() > 0);
        techniques.add(
            TechniqueRun.technique(experiment, List.of(experiment.run(), experiment.run())));
      }
    }
    return techniques;
  }

  @Test
  void whatTheEngineMetersIsWhatTheEstimatorCounts() {
    requireMeteredIsCounted(stage, SUBJECT);
  }

  /** The bytes of keys and values tell which type they were stored in. */
  @Test
  void keysAndValuesAreStoredAsIsAskedFor() {
    requireMeteredIsCounted(narrowStage, NARROW);
    List<String> names = new ArrayList<>();
    for (Function<Stage, Experiment> each : TechniqueRun.all(stage.sizes(), NARROW)) {
      try (Experiment experiment = each.apply(narrowStage)) {
        names.add(experiment.description().name());
      }
    }
    assertTrue(names.contains("KV cache in q8_0"), names.toString());
    assertFalse(names.contains("KV cache in bf16"), names.toString());
  }

  private static void requireMeteredIsCounted(Stage stage, TechniqueRun.Subject subject) {
    for (Function<Stage, Experiment> each : TechniqueRun.all(stage.sizes(), subject)) {
      try (Experiment experiment = each.apply(stage)) {
        experiment.run();
        SUMS.flops = 0;
        SUMS.bytes = 0;
        Turn turn = experiment.run();
        Forecast expected =
            experiment.usual(turn.usual()).plus(experiment.technique(turn.technique()));
        if (experiment instanceof Guessing) {
          // Both answers read the prompt's last token again, which is not counted: the rest was
          // cached by the run before.
          Step last = Step.decode(1, stage.sizes().shortPrompt() - 1);
          expected = expected.plus(Forecast.of(stage.predictor(), List.of(last, last)));
        }
        String name = experiment.description().name();
        assertEquals(expected.flops(), SUMS.flops, name);
        assertEquals(expected.bytes(), SUMS.bytes, name);
      }
    }
  }

  /** Sums by hand, of 32 tokens of a short prompt and 256 of a long one. */
  @Test
  void theTokensAreThoseThatEachWayMustBeFed() {
    List<Technique> techniques = techniques();
    assertEquals(32, stage.sizes().shortPrompt());
    Technique cache = techniques.getFirst();
    assertEquals(8, cache.technique().tokens());
    assertEquals(33 + 34 + 35 + 36 + 37 + 38 + 39 + 40, cache.usual().tokens());
    Technique prefix = techniques.get(1);
    assertEquals(4 * (128 + 16), prefix.usual().tokens());
    assertEquals(128 + 4 * 16, prefix.technique().tokens());
    int layers = TINY.decoder().orElseThrow().layers().size();
    String pages = " pages of 128 positions of a layer instead of ";
    assertTrue(
        prefix.explanation().contains("hold " + 5 * layers + pages + 8 * layers),
        prefix.explanation());
    for (int i = 0; i < 3; i++) {
      Technique chunks = techniques.get(2 + i);
      assertEquals(256, chunks.usual().tokens());
      assertEquals(256, chunks.technique().tokens());
      assertEquals(8 >> i, chunks.technique().steps());
      assertEquals(1, chunks.usual().steps());
    }
    Technique beside = techniques.get(5);
    assertEquals(257, beside.usual().tokens());
    assertEquals(256 + 8, beside.technique().tokens());
    long bytes = Long.MAX_VALUE;
    for (int i = 0; i < 2; i++) {
      Technique narrow = techniques.get(6 + i);
      assertEquals(narrow.usual().tokens(), narrow.technique().tokens());
      assertEquals(narrow.usual().flops(), narrow.technique().flops());
      assertTrue(narrow.usual().bytes() > narrow.technique().bytes());
      assertTrue(narrow.technique().bytes() < bytes);
      bytes = narrow.technique().bytes();
    }
    Technique batching = techniques.get(8);
    assertEquals(batching.usual().tokens(), batching.technique().tokens());
    assertTrue(batching.usual().steps() > batching.technique().steps());
    // An answer of 48 tokens, the first of which its prompt gives.
    assertEquals(47, techniques.get(9).usual().tokens());
    assertEquals(47, techniques.get(10).usual().tokens());
    assertEquals(11, techniques.size());
  }

  /** By the roof alone, under which the weights, which a cache holds, are read or multiplied. */
  @Test
  void eachHasItsPredictionAndSaysWhy() {
    Set<String> names = new HashSet<>();
    for (Technique each : techniques()) {
      assertTrue(names.add(each.name()), each.name());
      assertTrue(each.predicted() > 0 && each.predicted() < 100, each.toString());
      assertTrue(each.measured() > 0, each.toString());
      assertEquals(2, each.turns());
      assertTrue(each.explanation().endsWith("."), each.explanation());
      assertFalse(each.explanation().contains("NaN"), each.explanation());
      assertFalse(each.formula().isBlank() || each.source().isBlank());
    }
  }

  @Test
  void aModelOfFewPositionsHasShorterOnes() {
    Sizes sizes = Sizes.of("m", 128);
    assertEquals(64, sizes.prompt());
    assertEquals(List.of(8, 16, 32), sizes.chunks());
    assertEquals(120, sizes.longContext());
    assertEquals(
        "--techniques: m takes 63 positions, where 64 are needed",
        assertThrows(InvalidInputException.class, () -> Sizes.of("m", 63)).getMessage());
  }

  /** Kernels are timed on the shapes of all techniques, none of which fits into no time. */
  @Test
  void whatDoesNotFitIntoTheTimeIsNamed() {
    TechniqueRun.Outcome outcome =
        new TechniqueRun(SUBJECT, Long.MAX_VALUE)
            .run(SampleReports.machine(), Duration.ZERO, () -> false, what -> {});
    assertEquals(List.of(), outcome.techniques());
    assertEquals(11, outcome.leftOut().size());
    for (String each : outcome.leftOut()) {
      assertTrue(each.startsWith("Left out for want of time: "), each);
    }
  }

  /** Heads of 8 elements are no blocks of 32. */
  @Test
  void cachesThatAModelCannotHaveAreNamed() {
    Architecture narrow =
        ConfigReader.read(
            Path.of("../src-test/model/resources/logits/llama-gqa/hf-f32/config.json"));
    assertEquals(List.of(DType.BF16), CacheFormat.narrower(DType.F32, narrow));
    assertEquals(
        List.of("KV cache in q8_0: q8_0 stores blocks of 32, of which head_dim 8 is no multiple"),
        CacheFormat.leftOut(DType.F32, narrow));
    assertEquals(List.of(DType.BF16, DType.Q8_0), CacheFormat.narrower(DType.F32, TINY));
    assertEquals(List.of(DType.Q8_0), CacheFormat.narrower(DType.BF16, TINY));
    assertEquals(List.of(), CacheFormat.narrower(DType.Q8_0, TINY));
  }

  @Test
  void whatDoesNotFitIntoMemoryIsRefused() {
    assertThrows(InvalidInputException.class, () -> new TechniqueRun(SUBJECT, 1 << 20));
  }
}
