package dev.ridgepoint.estimator.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes of the tensors in published GGUF files, as llama.cpp's programs print them. */
class GgufSizesTest {
  @ParameterizedTest
  @CsvSource({"gemma-3-27b-text, Q8_0, 28_701_409_280", "phi-4, Q8_0, 15_576_944_640"})
  void filesAreCountedToTheByte(String model, String mix, String bytes) {
    assertEquals(Long.parseLong(bytes.replace("_", "")), bytes(ModelCatalog.get(model), mix));
  }

  /** Qwen3-VL-30B-A3B's text part, whose routers are in F32 there and in BF16 here. */
  @Test
  void routersOfAFileAreWider() {
    long routers = 48L * 128 * 2048;
    assertEquals(61_089_832_960L, bytes(ModelCatalog.get("Qwen3-30B-A3B"), "BF16") + 2 * routers);
  }

  /** The text part of GLM-4.6V-Flash, which is GLM-4-9B-0414's. */
  @Test
  void glm4IsCountedToTheByte() {
    Architecture architecture =
        ConfigReader.parse(
            "config.json",
            """
            {"model_type": "glm4", "hidden_size": 4096, "num_hidden_layers": 40,
             "vocab_size": 151552, "num_attention_heads": 32, "num_key_value_heads": 2,
             "head_dim": 128, "intermediate_size": 13696, "attention_bias": true,
             "partial_rotary_factor": 0.5, "tie_word_embeddings": false}
            """);
    assertEquals(18_802_245_632L, bytes(architecture, "BF16"));
  }

  /**
   * The whole file of LFM2-1.2B, 730,893,024 bytes, of which less than one percent are no tensors.
   */
  @Test
  void aMixIsCountedBesidesTheHeader() {
    long bytes = bytes(ModelCatalog.get("LFM2-1.2B"), "Q4_K_M");
    assertEquals(1, bytes / 730_893_024.0, 0.01);
  }

  private static long bytes(Architecture architecture, String mix) {
    return WeightFormats.named("test", mix, architecture, Precision.F32).storedBytes(architecture);
  }
}
