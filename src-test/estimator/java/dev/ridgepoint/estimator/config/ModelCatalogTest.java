package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCatalogTest {

  /** Published totals: elements of the checkpoints, tied heads once, without rotary buffers. */
  @ParameterizedTest
  @CsvSource({
    "SmolLM2-135M, 134515008, 28311552, 0",
    "SmolLM2-360M, 361821120, 47185920, 0",
    "SmolLM2-1.7B, 1711376384, 100663296, 0",
    "TinyLlama-1.1B, 1100048384, 65536000, 65536000",
    "Llama-2-7B, 6738415616, 131072000, 131072000",
    "Llama-3.1-8B, 8030261248, 525336576, 525336576",
    "Llama-3.2-1B, 1235814400, 262668288, 0",
    "Llama-3.2-3B, 3212749824, 394002432, 0",
    "Mistral-7B-v0.1, 7241732096, 131072000, 131072000",
    "Qwen2.5-0.5B, 494032768, 136134656, 0",
    "Qwen2.5-1.5B, 1543714304, 233373696, 0",
    "Qwen2.5-3B, 3085938688, 311164928, 0",
    "Qwen2.5-7B, 7615616512, 544997376, 544997376",
    "Qwen3-0.6B, 596049920, 155582464, 0",
    "Qwen3-1.7B, 1720574976, 311164928, 0",
    "Qwen3-8B, 8190735360, 622329856, 622329856",
    // The lesson's own models, whose sums there (2,950,144 and 493,152,256) lack the final norm.
    "tiny, 2950400, 1638400, 0",
    "lesson-0.5B, 493153280, 6553600, 0",
  })
  void countsThePublishedParameters(String name, long total, long embedding, long lmHead) {
    ParameterCount count = ParameterCount.of(ModelCatalog.get(name));
    assertEquals(total, count.total());
    assertEquals(embedding, count.of(Component.EMBEDDING));
    assertEquals(lmHead, count.of(Component.HEAD));
  }

  @Test
  void everyModelCanBeRead() {
    for (String name : ModelCatalog.names()) {
      assertTrue(ParameterCount.of(ModelCatalog.get(name)).total() > 1_000_000, name);
    }
  }

  @Test
  void namesAreFoundInAnyCase() {
    assertEquals(ModelCatalog.get("Qwen2.5-0.5B"), ModelCatalog.get("qwen2.5-0.5b"));
    assertEquals(ModelCatalog.get("mixtral-8X7b"), ModelCatalog.get("Mixtral-8x7B"));
    assertTrue(ModelCatalog.has("LLAMA-3.2-1b"));
    assertFalse(ModelCatalog.has("Mixtral"));
  }

  @ParameterizedTest
  @CsvSource({"llama3.2-1b, Llama-3.2-1B", "mixtral-8x8b, Mixtral-8x7B"})
  void anUnknownNameGetsTheClosestOnes(String name, String closest) {
    String message =
        assertThrows(InvalidInputException.class, () -> ModelCatalog.get(name)).getMessage();
    assertTrue(message.contains('"' + name + '"') && message.contains(closest), message);
  }
}
