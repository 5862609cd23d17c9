package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What narrower weights cost: logits against those of the F32 weights in double precision, over the
 * golden models whose rows are whole blocks.
 */
class AccuracyTest {

  /**
   * How far logits and their softmax move.
   *
   * @param greatestError of any logit
   * @param meanDivergence KL(F32 || narrower) in nats, over all positions
   */
  private record Accuracy(double greatestError, double meanDivergence) {}

  @ParameterizedTest
  @CsvSource({"F16, 0.03, 5e-6", "BF16, 0.3, 3e-4", "Q8_0, 0.5, 2e-3", "Q4_0, 8, 0.5"})
  void narrowWeightsMoveTheLogitsByLittle(DType type, double error, double divergence)
      throws IOException {
    Accuracy accuracy = accuracy(type);
    assertTrue(accuracy.greatestError < error, type + " " + accuracy);
    assertTrue(accuracy.meanDivergence < divergence, type + " " + accuracy);
  }

  private static Accuracy accuracy(DType type) throws IOException {
    double greatest = 0;
    List<Double> divergences = new ArrayList<>();
    for (Path model : models()) {
      JsonNode ids =
          JsonMapper.shared()
              .readTree(model.resolveSibling("expected.json").toFile())
              .get("input_ids");
      int[] tokens = new int[ids.size()];
      Arrays.setAll(tokens, i -> ids.get(i).asInt());
      double[][] golden = NpyFile.read(model.resolve("logits.npy"));
      try (Forward forward = new Forward(model, 2, type)) {
        float[][] logits = forward.logits(tokens, 1);
        for (int position = 0; position < golden.length; position++) {
          double[] narrow = new double[logits[position].length];
          for (int i = 0; i < narrow.length; i++) {
            narrow[i] = logits[position][i];
            greatest = Math.max(greatest, Math.abs(narrow[i] - golden[position][i]));
          }
          divergences.add(divergence(golden[position], narrow));
        }
      }
    }
    double mean = divergences.stream().mapToDouble(d -> d).average().orElseThrow();
    return new Accuracy(greatest, mean);
  }

  /** Those of which all rows can be stored as blocks of 32. */
  private static List<Path> models() throws IOException {
    try (Stream<Path> folders = Files.list(TestResources.path("logits"))) {
      return folders
          .map(folder -> folder.resolve("hf-f32"))
          .filter(Files::isDirectory)
          .filter(AccuracyTest::hasWholeBlocks)
          .sorted()
          .toList();
    }
  }

  private static boolean hasWholeBlocks(Path model) {
    JsonNode config = JsonMapper.shared().readTree(model.resolve("config.json").toFile());
    int hidden = config.get("hidden_size").asInt();
    int heads = config.get("num_attention_heads").asInt();
    int headDim = config.path("head_dim").asInt(hidden / heads);
    return hidden % 32 == 0 && heads * headDim % 32 == 0
        && config.get("intermediate_size").asInt() % 32 == 0;
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
