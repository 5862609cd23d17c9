package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What narrower weights cost: logits of rounded weights against those of the F32 weights, which a
 * reference made in double precision. Rows that are no whole number of blocks are rounded to F16
 * instead, as in exported files.
 */
class AccuracyTest {
  private static final Path TRAINED =
      Path.of(System.getProperty("ridgepoint.golden", "../../shared/golden"), "stories260K");

  /** A checkpoint's weights, rounded to a type. */
  private record Rounded(WeightSource source, DType type) implements WeightSource {
    @Override
    public RowSource matrix(TensorSpec spec) {
      RowSource rows = source.matrix(spec);
      int inputs = Math.toIntExact(spec.shape().get(1));
      DType stored = inputs % type.blockElements() == 0 ? type : DType.F16;
      return (row, target, offset) -> {
        rows.read(row, target, offset);
        MemorySegment encoded = MemorySegment.ofArray(new byte[(int) stored.bytes(inputs)]);
        stored.codec().encode(target, offset, inputs, encoded, 0);
        stored.codec().decode(encoded, 0, inputs, target, offset);
      };
    }

    @Override
    public float[] vector(TensorSpec spec) {
      return source.vector(spec);
    }
  }

  /**
   * How far logits and their softmax moved.
   *
   * @param positions compared
   * @param squares of all differences between logits
   * @param logits compared
   * @param divergence KL(F32 || narrower) in nats, summed over the positions
   * @param sameBest positions whose most likely token stayed the same
   */
  private record Accuracy(
      int positions, double squares, long logits, double divergence, int sameBest) {
    static final Accuracy NONE = new Accuracy(0, 0, 0, 0, 0);

    Accuracy and(Accuracy other) {
      return new Accuracy(
          positions + other.positions,
          squares + other.squares,
          logits + other.logits,
          divergence + other.divergence,
          sameBest + other.sameBest);
    }

    static Accuracy of(double[] golden, float[] narrow) {
      double[] other = new double[narrow.length];
      Arrays.setAll(other, i -> narrow[i]);
      double squares = 0;
      for (int i = 0; i < other.length; i++) {
        squares += (other[i] - golden[i]) * (other[i] - golden[i]);
      }
      return new Accuracy(
          1,
          squares,
          other.length,
          AccuracyTest.divergence(golden, other),
          best(golden) == best(other) ? 1 : 0);
    }

    double rootMeanSquare() {
      return Math.sqrt(squares / logits);
    }

    double meanDivergence() {
      return divergence / positions;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "RMS error %.2g, mean KL %.2g nats, same best token at %d of %d positions",
          rootMeanSquare(),
          meanDivergence(),
          sameBest,
          positions);
    }
  }

  /** Some with experts: a router that is rounded may choose another one. */
  @ParameterizedTest
  @CsvSource({
    "F16, 5e-3, 5e-6",
    "BF16, 6e-2, 2e-3",
    "Q8_0, 1.5e-1, 6e-3",
    "Q4_0, 1.5, 0.5",
    "Q5_0, 1, 0.3"
  })
  void tinyRandomModels(DType type, double error, double divergence) throws IOException {
    Accuracy accuracy = Accuracy.NONE;
    try (Stream<Path> folders = Files.list(TestResources.path("logits"))) {
      for (Path folder : folders.sorted().toList()) {
        JsonNode ids =
            JsonMapper.shared().readTree(folder.resolve("expected.json").toFile()).get("input_ids");
        Path model = folder.resolve("hf-f32");
        if (Files.isDirectory(model)) {
          accuracy = accuracy.and(accuracy(model, ids, model.resolve("logits.npy"), type));
        }
      }
    }
    assertBelow(error, divergence, accuracy, type);
  }

  @ParameterizedTest
  @CsvSource({
    "F16, 5e-3, 1e-6",
    "BF16, 4e-2, 1e-4",
    "Q8_0, 1e-1, 5e-4",
    "Q4_0, 2, 0.15",
    "Q5_0, 1, 0.1"
  })
  void trainedModel(DType type, double error, double divergence) throws IOException {
    assumeTrue(Files.isDirectory(TRAINED), TRAINED + " is absent");
    Accuracy accuracy = Accuracy.NONE;
    for (String prompt : List.of("empty-prompt", "once-upon", "tim-and-dog")) {
      JsonNode json = JsonMapper.shared().readTree(TRAINED.resolve(prompt + ".json").toFile());
      accuracy =
          accuracy.and(
              accuracy(
                  TRAINED.resolve("hf-f32"),
                  json.get("token_ids_fed"),
                  TRAINED.resolve(prompt + ".logits.npy"),
                  type));
    }
    assertBelow(error, divergence, accuracy, type);
  }

  private static void assertBelow(double error, double divergence, Accuracy accuracy, DType type) {
    assertTrue(accuracy.rootMeanSquare() < error, type + ": " + accuracy);
    assertTrue(accuracy.meanDivergence() < divergence, type + ": " + accuracy);
  }

  private static Accuracy accuracy(Path model, JsonNode ids, Path logits, DType type)
      throws IOException {
    int[] tokens = new int[ids.size()];
    Arrays.setAll(tokens, i -> ids.get(i).asInt());
    double[][] golden = NpyFile.read(logits);
    Accuracy accuracy = Accuracy.NONE;
    try (Checkpoint checkpoint = Checkpoint.open(model);
        Workers workers = new Workers(1);
        Arena arena = Arena.ofShared();
        Program decoder =
            new Program(
                Weights.load(
                    checkpoint.architecture(),
                    new Rounded(new CheckpointWeights(checkpoint), type),
                    MatrixTypes.all(DType.F32),
                    arena,
                    workers,
                    (done, total) -> {}),
                DType.F32,
                workers,
                Meter.NONE);
        var cache = decoder.newCache(tokens.length)) {
      Batch batch = new Batch(List.of(new Batch.Entry(cache, tokens, tokens.length)));
      List<float[]> rows = Forward.rows(decoder.forward(batch));
      for (int position = 0; position < golden.length; position++) {
        accuracy = accuracy.and(Accuracy.of(golden[position], rows.get(position)));
      }
    }
    return accuracy;
  }

  private static int best(double[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Sum of p log(p / q) over the softmax p of the first logits and q of the second. */
  private static double divergence(double[] first, double[] second) {
    double[] p = logSoftmax(first);
    double[] q = logSoftmax(second);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.exp(p[i]) * (p[i] - q[i]);
    }
    return sum;
  }

  private static double[] logSoftmax(double[] logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = Arrays.stream(logits).map(logit -> Math.exp(logit - max)).sum();
    return Arrays.stream(logits).map(logit -> logit - max - Math.log(sum)).toArray();
  }
}
