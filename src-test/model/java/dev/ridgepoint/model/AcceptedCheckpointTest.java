package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.model.checkpoint.BadInputCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Odd but valid checkpoints compute what the plain one computes. */
class AcceptedCheckpointTest {
  private static final double TOLERANCE = 2e-4;

  private final JsonNode expected = BadInputCase.expected();
  private final int[] tokens =
      expected.get("input_ids").valueStream().mapToInt(JsonNode::intValue).toArray();

  @TempDir Path folder;

  static Stream<BadInputCase> accepted() {
    return BadInputCase.all("accept").filter(accepted -> !accepted.isNotANumber());
  }

  static Stream<BadInputCase> notNumbers() {
    return BadInputCase.all("accept").filter(BadInputCase::isNotANumber);
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void logitsAreThoseOfThePlainModel(BadInputCase accepted) throws IOException {
    try (Forward forward = new Forward(accepted.prepare(folder), 1)) {
      float[][] logits = forward.logits(tokens, tokens.length);
      if (accepted.id().equals("ok-tied")) {
        assertRow(expected.get("tied_logits_last"), logits[tokens.length - 1]);
        return;
      }
      assertRow(expected.get("base_logits_last"), logits[tokens.length - 1]);
      for (int position = 0; position < tokens.length; position++) {
        assertEquals(
            expected.get("base_argmax").get(position).intValue(), greatest(logits[position]));
      }
    }
  }

  /** The config says that the head is the embedding, so the file's own head is not used. */
  @Test
  void tiedHeadIsTheEmbedding() {
    assertLastLogits("config-tied-and-head", "tied_logits_last");
  }

  @Test
  void singleFileCountsWhereThereIsAnIndexToo() {
    assertLastLogits("both-single-and-index", "base_logits_last");
  }

  /** Such weights load; that nothing can be chosen from their logits is said, not hidden. */
  @ParameterizedTest
  @MethodSource("notNumbers")
  void generationEndsCleanlyWhenWeightsAreNoNumbers(BadInputCase notANumber) throws IOException {
    try (Forward forward = new Forward(notANumber.prepare(folder), 1)) {
      assertThrows(ArithmeticException.class, () -> forward.greedy(tokens, 8));
    }
  }

  private void assertLastLogits(String folderName, String field) {
    try (Forward forward = new Forward(TestResources.path("bad/hfdir/" + folderName), 1)) {
      assertRow(expected.get(field), forward.logits(tokens, tokens.length)[tokens.length - 1]);
    }
  }

  private static void assertRow(JsonNode row, float[] logits) {
    assertEquals(row.size(), logits.length);
    for (int token = 0; token < logits.length; token++) {
      assertEquals(row.get(token).doubleValue(), logits[token], TOLERANCE, "token " + token);
    }
  }

  private static int greatest(float[] row) {
    return IntStream.range(0, row.length).reduce((a, b) -> row[b] > row[a] ? b : a).orElseThrow();
  }
}
