package dev.ridgepoint.model.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.TestResources;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.compression.Compressor.Settings;
import dev.ridgepoint.model.compression.Fidelity.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole models, small ones with drawn weights. */
class CompressorTest {
  private static final String LLAMA = "llama-gqa";
  private static final MatrixTypes F32 = MatrixTypes.all(DType.F32);
  private static final Progress SILENT = (done, total) -> {};

  private static Workers workers;

  @BeforeAll
  static void open() {
    workers = new Workers(2);
  }

  @AfterAll
  static void close() {
    workers.close();
  }

  /** Of each kind of norm and gate; the places where channels can be scaled, counted by hand. */
  @ParameterizedTest
  @CsvSource({
    "llama-gqa, 2, 3", // attention's norm, feed-forward's norm, up to down
    "gemma2, 3, 3", // norm weights are offsets
    "stablelm, 2, 3", // norms with biases
    "gpt-neox, 2, 2", // no gate
    "qwen2-moe, 2, 2" // experts read the second norm; the shared one's up to down
  })
  void scaledChannelsLeaveAModelAsItWas(String name, int layers, int placesPerLayer) {
    ModelWeights weights = weights(name);
    List<ChannelScaling> places = ChannelScaling.of(weights);
    assertEquals(layers * placesPerLayer, places.size(), places.toString());
    ModelWeights scaled = weights.copy();
    Random random = new Random(1);
    for (ChannelScaling place : places) {
      float[] factors = new float[place.readers().getFirst().inputs()];
      for (int i = 0; i < factors.length; i++) {
        factors[i] = (float) Math.exp(random.nextGaussian());
      }
      place.apply(scaled, factors);
    }
    Fidelity fidelity = fidelity(weights, scaled, false);
    // Rounding of F32: a change of logits by 1e-4 is a divergence of its square.
    assertTrue(fidelity.worstDivergence() < 1e-7, fidelity.toString());
    assertEquals(1, fidelity.agreement());
  }

  @Test
  void aModelAgreesWithItself() {
    ModelWeights weights = weights(LLAMA);
    Fidelity fidelity = fidelity(weights, weights, false);
    assertEquals(0, fidelity.divergence());
    assertEquals(1, fidelity.agreement());
    assertEquals(fidelity.perplexityBefore(), fidelity.perplexityAfter());
    assertEquals(windows().stream().mapToInt(window -> window.length - 1).sum(), fidelity.tokens());
  }

  /** By hand: of 1 and 3 the deviation is the root of 2, of which there are two. */
  @Test
  void standardErrorsAreThose() {
    assertEquals(1, Fidelity.standardError(new double[] {1, 3}), 1e-15);
    assertEquals(0, Fidelity.standardError(new double[] {5}));
  }

  /** By hand: 3/4 ln(3/4 : 1/2) + 1/4 ln(1/4 : 1/2). */
  @Test
  void divergenceIsKullbackAndLeiblers() {
    double[] expected = {Math.log(0.75), Math.log(0.25)};
    double[] actual = {Math.log(0.5), Math.log(0.5)};
    assertEquals(
        0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), Fidelity.divergence(expected, actual), 1e-15);
  }

  @Test
  void activationsAreRoundedWhereThatIsAsked() {
    ModelWeights weights = weights(LLAMA);
    Fidelity fidelity = fidelity(weights, weights, true);
    assertTrue(fidelity.divergence() > 1e-8 && fidelity.divergence() < 0.1, fidelity.toString());
  }

  /** Every method changes the weights, and what it stores is what its findings and files say. */
  @ParameterizedTest
  @CsvSource({
    "RTN, 32",
    "RTN, 64",
    "GPTQ, 32",
    "GPTQ, -1",
    "AWQ, 32",
    "SMOOTHQUANT, 64",
    "PRUNE, 32",
    "NM24, 32"
  })
  void whatIsWrittenIsWhatWasVerified(Method method, int group, @TempDir Path folder)
      throws IOException {
    ModelWeights original = weights(LLAMA);
    Calibration calibration = calibration(original);
    Grid grid = new Grid(method == Method.SMOOTHQUANT ? BlockGrid.Q8 : BlockGrid.Q4, group);
    DType dense = method.isQuantising() ? DType.Q8_0 : DType.F16;
    CompressedModel compressed =
        new Compressor(original, calibration, workers)
            .apply(method, new Settings(grid, dense, 0.5, Optional.empty()), SILENT);
    Path file = folder.resolve("model.gguf");
    compressed.export(Optional.empty()).write(file, workers, (done, total) -> {});
    int[] tokens = windows().getLast();
    try (LoadedModel verified = load(compressed.weights(), compressed.types());
        Checkpoint checkpoint = Checkpoint.open(file);
        LoadedModel written =
            LoadedModel.load(
                checkpoint, MatrixTypes.stored(checkpoint), workers, (done, total) -> {})) {
      assertEquals(compressed.types().name(), MatrixTypes.stored(checkpoint).name());
      assertArrayEquals(logits(verified, tokens), logits(written, tokens));
    }
    List<TensorFinding> findings =
        new Analysis(grid, workers)
            .findings(original, calibration, compressed, calibration(compressed.reference()));
    assertEquals(14, findings.size());
    findings.forEach(
        finding -> {
          assertTrue(finding.error() > 0 && finding.error() < 1, finding.toString());
          assertTrue(finding.least() < finding.greatest(), finding.toString());
          assertTrue(finding.kurtosis() >= 1, finding.toString());
          if (method == Method.RTN) {
            assertEquals(finding.roundingError(), finding.error());
          }
        });
  }

  private static float[] logits(LoadedModel model, int[] tokens) {
    try (Program program = model.program(DType.F32, workers, Meter.NONE);
        KvCache cache = program.newCache(tokens.length)) {
      Batch.Entry entry = new Batch.Entry(cache, tokens, tokens.length);
      Tensor logits = program.forward(new Batch(List.of(entry)));
      float[] all = new float[(int) logits.elements()];
      logits.read(0, all, 0, all.length);
      return all;
    }
  }

  private static Path path(String name) {
    return TestResources.path("logits/" + name + "/hf-f32");
  }

  private static ModelWeights weights(String name) {
    try (Checkpoint checkpoint = Checkpoint.open(path(name))) {
      return ModelWeights.read(checkpoint.architecture(), new CheckpointWeights(checkpoint));
    }
  }

  private static LoadedModel load(ModelWeights weights, MatrixTypes types) {
    return LoadedModel.of(weights.architecture(), weights, types, workers, (done, total) -> {});
  }

  private static Calibration calibration(ModelWeights weights) {
    try (LoadedModel model = load(weights, F32)) {
      return Calibration.of(model, windows(), workers, SILENT);
    }
  }

  private static Fidelity fidelity(
      ModelWeights before, ModelWeights after, boolean roundsActivations) {
    try (LoadedModel first = load(before, F32);
        LoadedModel second = load(after, F32)) {
      return Fidelity.of(
          new Subject(first, false),
          new Subject(second, roundsActivations),
          windows(),
          workers,
          SILENT);
    }
  }

  /** Of different lengths. */
  private static List<int[]> windows() {
    Random random = new Random(5);
    return Stream.of(2, 31, 17).map(length -> random.ints(length, 0, 270).toArray()).toList();
  }
}
