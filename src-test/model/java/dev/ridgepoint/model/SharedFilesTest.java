package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Checkpoints in files as publishers and engines leave them, which lie outside the repository, each
 * with its logits by a double-precision forward.
 */
class SharedFilesTest {
  private static final Path CASES = Path.of("../../shared/cases");
  private static final int[] TOKENS = {1, 2, 3, 4, 5, 6};

  @ParameterizedTest
  @CsvSource({
    "11/tiny.gguf, 11",
    "11/tiny-00001-of-00002.gguf, 11",
    "11/tiny-00002-of-00002.gguf, 11",
    "12/blobs/sha256-6e9f90f02bb3b39b59e81916e8cfce9deb45aeaeb9a54a5be4414486b907dc1e, 11",
    "13/control, 13",
    "13/qwen3-embedding-like, 13",
    "14/mistral-small-like, 14",
    "14/one-shard-index, 14",
    "17/Željko Ünal/models/tiny.gguf, 11",
    "30/stale-copy, 14",
    "30/unindexed, 14"
  })
  void logitsAreTheReferences(String model, String reference) throws IOException {
    Path path = CASES.resolve(model);
    assumeTrue(Files.exists(path), path + " is absent");
    double[][] expected = NpyFile.read(CASES.resolve(reference).resolve("ref.npy"));
    try (Forward forward = new Forward(path, 2)) {
      float[][] logits = forward.logits(TOKENS, TOKENS.length);
      for (int position = 0; position < TOKENS.length; position++) {
        double[] actual = new double[logits[position].length];
        for (int token = 0; token < actual.length; token++) {
          actual[token] = logits[position][token];
        }
        assertArrayEquals(expected[position], actual, 2e-4);
      }
    }
  }

  /** Neither its {@code params.json} nor its tensors say into how many heads the rows are cut. */
  @Test
  void whatDoesNotSayItsHeadsIsRefused() {
    Path folder = CASES.resolve("14/only-consolidated");
    assumeTrue(Files.exists(folder), folder + " is absent");
    String refusal =
        assertThrows(InvalidInputException.class, () -> new Forward(folder, 1)).getMessage();
    assertEquals(folder.resolve("params.json") + ": n_heads is missing", refusal);
  }
}
