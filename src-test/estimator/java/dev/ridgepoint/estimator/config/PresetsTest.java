package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresetsTest {

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
    ParameterCount count = ParameterCount.of(Presets.get(name));
    assertEquals(total, count.total());
    assertEquals(embedding, count.of(Component.EMBEDDING));
    assertEquals(lmHead, count.of(Component.HEAD));
  }

  @Test
  void everyPresetCanBeReadAndDiffersFromTheOthers() {
    Set<ModelConfig> configs = new HashSet<>();
    for (String name : Presets.names()) {
      assertTrue(configs.add(Presets.get(name)), name);
    }
  }

  @Test
  void namesAreFoundInAnyCase() {
    assertEquals(Presets.get("Qwen2.5-0.5B"), Presets.get("qwen2.5-0.5b"));
    assertTrue(Presets.has("LLAMA-3.2-1b"));
  }

  @Test
  void anUnknownNameGetsTheClosestOnes() {
    String message =
        assertThrows(InvalidInputException.class, () -> Presets.get("llama3.2-1b")).getMessage();
    assertTrue(message.contains("\"llama3.2-1b\"") && message.contains("Llama-3.2-1B"), message);
  }
}
