package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class LayerSpansTest {

  /** The windows of the two layers; 0 for none. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mistral | 'sliding_window': null | 0 | 0",
        "mistral | 'sliding_window': 16 | 16 | 16",
        "mistral | 'num_hidden_layers': 2 | 4096 | 4096",
        "llama | 'sliding_window': 16 | 0 | 0",
        "qwen2 | 'sliding_window': 16 | 0 | 0",
        "qwen2 | 'sliding_window': 16, 'use_sliding_window': true | 0 | 0",
        "qwen2 | 'sliding_window': 16, 'use_sliding_window': true, 'max_window_layers': 1 | 0 | 16",
        "qwen3 | 'sliding_window': 16, 'use_sliding_window': true, 'max_window_layers': 0 | 16 |"
            + " 16",
        "qwen3 | 'sliding_window': null, 'use_sliding_window': true, 'max_window_layers': 0 | 0 |"
            + " 0",
        "qwen3 | 'sliding_window': 16, 'use_sliding_window': true, "
            + "'layer_types': ['full_attention', 'sliding_attention'] | 0 | 16",
        "qwen3 | 'sliding_window': 16, 'use_sliding_window': true, "
            + "'layer_types': ['sliding_attention', 'full_attention'] | 16 | 0",
        "llama | 'layer_types': ['full_attention', 'full_attention'] | 0 | 0",
        "mistral | 'sliding_window': 16, "
            + "'layer_types': ['sliding_attention', 'full_attention'] | 16 | 0",
        "phi3 | 'sliding_window': 16, "
            + "'layer_types': ['full_attention', 'sliding_attention'] | 0 | 16",
        "starcoder2 | 'sliding_window': 16, "
            + "'layer_types': ['full_attention', 'sliding_attention'] | 0 | 16",
      })
  void areTheConfigs(String family, String fields, int first, int second) {
    assertEquals(
        List.of(window(first), window(second)),
        Configs.attentions(Configs.read(family, fields)).map(GroupedQueryAttention::span).toList());
  }

  @Test
  void layersOfOneModelMayComeInAnyOrder() {
    ObjectNode config = ModelCatalog.config("Qwen3-8B");
    config.put("use_sliding_window", true).put("sliding_window", 4096);
    ArrayNode types = config.putArray("layer_types");
    for (int layer = 0; layer < 36; layer++) {
      types.add(layer % 3 == 1 ? "full_attention" : "sliding_attention");
    }
    Architecture mixed = ConfigReader.of("test", config);
    assertEquals(8_190_735_360L, ParameterCount.of(mixed).total());
    assertEquals(
        IntStream.range(0, 36).mapToObj(layer -> window(layer % 3 == 1 ? 0 : 4096)).toList(),
        Configs.attentions(mixed).map(GroupedQueryAttention::span).toList());
  }

  private static AttentionSpan window(int positions) {
    return positions == 0 ? new AttentionSpan.Causal() : new AttentionSpan.Sliding(positions);
  }
}
