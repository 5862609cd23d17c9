package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class ConfigReaderTest {
  private static final String LLAMA =
      "{'model_type':'llama','vocab_size':10,'hidden_size':8,'intermediate_size':12,"
          + "'num_hidden_layers':2,'num_attention_heads':2}";
  private static final String MIXTRAL =
      LLAMA
          .replace("llama", "mixtral")
          .replace("}", ",'num_local_experts':4,'num_experts_per_tok':2}");

  @Test
  void everyFamilyRefusesToGuessItsSizes() {
    for (String family : ConfigReader.supported()) {
      String message = refusal("{'model_type':'" + family + "'}");
      assertTrue(message.endsWith(" is missing"), family + ": " + message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'model_type':'llama' | 'model_type':'rwkv' | model_type \"rwkv\" is not supported",
        "'model_type':'llama', | `` | model_type is missing",
        "'num_hidden_layers':2 | 'num_hidden_layers':0 | num_hidden_layers must lie in 1..10000",
        "'num_hidden_layers':2 | 'num_hidden_layers':-1 | num_hidden_layers must lie in 1..10000",
        "'vocab_size':10 | 'vocab_size':99999999999 | vocab_size must be at most 2147483647",
        "'vocab_size':10 | 'vocab_size':1.5 | vocab_size must be a whole number",
        "'hidden_size':8 | 'hidden_size':7 | hidden_size must be a multiple of num_attention_heads",
        "'hidden_size':8 | 'hidden_size':2000000 | hidden_size must lie in 1..1048576",
        "'vocab_size':10 | 'vocab_size':10,'num_key_value_heads':3 | num_attention_heads must be",
        "'vocab_size':10 | 'vocab_size':10,'hidden_act':'tanh' | hidden_act \"tanh\" is not",
        "'vocab_size':10 | 'vocab_size':10,'layer_types':['full_attention'] | layer_types must"
            + " name",
        "'vocab_size':10 | 'vocab_size':10,'layer_types':['a','b'] | layer_types[0] \"a\" is not",
      })
  void refusalsNameTheField(String from, String to, String message) {
    String json = LLAMA.replace(from, to);
    assertTrue(refusal(json).startsWith("test: " + message), refusal(json));
  }

  @Test
  void impossibleExpertsAreRefused() {
    assertEquals(
        "test: num_experts_per_tok must lie in 1..4, but is 5",
        refusal(MIXTRAL.replace("'num_experts_per_tok':2", "'num_experts_per_tok':5")));
    assertTrue(
        refusal(MIXTRAL.replace("'num_local_experts':4", "'num_local_experts':70000"))
            .startsWith("test: num_experts must lie in 1..65536"));
  }

  @Test
  void sizesWhoseProductCannotBeCountedAreRefused() {
    String json =
        MIXTRAL
            .replace("'hidden_size':8", "'hidden_size':1048576")
            .replace("'intermediate_size':12", "'intermediate_size':4194304")
            .replace("'num_local_experts':4", "'num_local_experts':65536");
    assertEquals(
        "test: hidden_size makes more than 2^60 parameters with the other sizes, but is 1048576",
        refusal(json));
  }

  @Test
  void layersOfOneModelMayDiffer() {
    List<AttentionSpan> gemma = spans("gemma-3-1b");
    for (int layer = 0; layer < gemma.size(); layer++) {
      AttentionSpan expected =
          layer % 6 == 5 ? new AttentionSpan.Causal() : new AttentionSpan.Sliding(512);
      assertEquals(expected, gemma.get(layer), "layer " + layer);
    }
    assertEquals(new AttentionSpan.Sliding(128), spans("gpt-oss-20b").get(0));
    assertEquals(new AttentionSpan.Causal(), spans("gpt-oss-20b").get(1));
    assertEquals(new AttentionSpan.Chunked(8192), spans("Llama-4-Scout-17B-16E-text").get(2));
    assertEquals(new AttentionSpan.Causal(), spans("Llama-4-Scout-17B-16E-text").get(3));
    Architecture smollm = ModelCatalog.get("SmolLM3-3B");
    assertEquals(128, smollm.decoder().orElseThrow().layers().get(2).attention().rotaryDim());
    assertEquals(0, smollm.decoder().orElseThrow().layers().get(3).attention().rotaryDim());
    assertEquals(
        2, ModelCatalog.get("DeepSeek-V3").decoder().orElseThrow().distinctLayers().size());
  }

  private static List<AttentionSpan> spans(String name) {
    return ModelCatalog.get(name).decoder().orElseThrow().layers().stream()
        .map(layer -> layer.attention().span())
        .toList();
  }

  @Test
  void modulesForFurtherTokensAreCountedApart() {
    Architecture deepseek = ModelCatalog.get("DeepSeek-V3");
    assertEquals(671_026_419_200L, ParameterCount.of(deepseek).total());
    // A layer (11,507,286,272), the projection of two joined rows (2 h^2) and three norms.
    long own = 11_507_286_272L + 2L * 7168 * 7168 + 3 * 7168;
    assertEquals(own, ParameterCount.ofNextTokenPrediction(deepseek).total());
    assertEquals(0, ParameterCount.ofNextTokenPrediction(ModelCatalog.get("gpt2")).total());
  }

  @Test
  void theTextPartOfALargerModelIsRead() {
    String text = LLAMA.replace("}", ",'tie_word_embeddings':%s}");
    String whole = "{'model_type':'llava','vision_config':{'hidden_size':3},'text_config':%s%s}";
    List<String> omitted = List.of("vision_config");
    assertEquals(parse(LLAMA).withOmitted(omitted), parse(whole.formatted(LLAMA, "")));
    Architecture tied = parse(text.formatted("true")).withOmitted(omitted);
    assertTrue(tied.isTied());
    assertEquals(tied, parse(whole.formatted(LLAMA, ",'tie_word_embeddings':true")));
    assertEquals(
        tied, parse(whole.formatted(text.formatted("true"), ",'tie_word_embeddings':false")));
  }

  /** At any depth, under any of its names; what it lacks of family and tie stands around it. */
  @Test
  void theTextPartMayStandDeepInside() {
    String text = LLAMA.replace("'model_type':'llama',", "");
    Architecture inner =
        parse(
            "{'model_type':'omni','talker_config':{},'thinker_config':{'model_type':'llama',"
                + "'tie_word_embeddings':true,'audio_config':{},'text_config':%s}}"
                    .formatted(text));
    assertTrue(inner.isTied());
    assertEquals(List.of("talker_config", "audio_config"), inner.omitted());
    assertEquals(parse(LLAMA), parse("{'model_type':'internvl','llm_config':%s}".formatted(LLAMA)));
  }

  @Test
  void anUnknownTypeGetsTheClosestOnesAndTheFlags() {
    String message = refusal(LLAMA.replace("llama", "qwen3_nxt"));
    assertTrue(message.contains("qwen3_next") && message.contains("--hidden"), message);
  }

  /** Their publishers give no vocabulary and heads, which are those of the class. */
  @Test
  void gemma3sTextPartTakesItsClassesSizes() {
    Architecture gemma =
        parse(
            """
            {'model_type': 'gemma3', 'text_config': {'model_type': 'gemma3_text',
             'hidden_size': 2560, 'intermediate_size': 10240, 'num_hidden_layers': 34,
             'rope_scaling': {'factor': 8.0, 'rope_type': 'linear'}, 'sliding_window': 1024}}\
            """);
    assertEquals(3_880_263_168L, ParameterCount.of(gemma).total());
  }

  private static Architecture parse(String json) {
    return ConfigReader.parse("test", json.replace('\'', '"'));
  }

  private static String refusal(String json) {
    ObjectNode config = StrictJson.parseObject("test", json.replace('\'', '"'));
    return assertThrows(InvalidInputException.class, () -> ConfigReader.of("test", config))
        .getMessage();
  }
}
