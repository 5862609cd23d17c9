package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NpyFileTest {

  /** The greatest logit of each position is recorded beside the file: f8 and f4 alike. */
  @ParameterizedTest
  @CsvSource({"hf-f32, F32", "hf-bf16, BF16", "hf-f16, F16"})
  void logitsHaveTheirRecordedGreatest(String folder, String variant) throws IOException {
    Path golden = TestResources.path("logits/llama-gqa");
    double[][] logits = NpyFile.read(golden.resolve(folder).resolve("logits.npy"));
    JsonNode expected = JsonMapper.shared().readTree(golden.resolve("expected.json").toFile());
    int[] argmax =
        expected
            .get("variants")
            .get(variant)
            .get("argmax")
            .valueStream()
            .mapToInt(JsonNode::intValue)
            .toArray();
    assertArrayEquals(argmax, Arrays.stream(logits).mapToInt(NpyFileTest::greatest).toArray());
  }

  private static int greatest(double[] row) {
    return IntStream.range(0, row.length).reduce((a, b) -> row[b] > row[a] ? b : a).orElseThrow();
  }
}
