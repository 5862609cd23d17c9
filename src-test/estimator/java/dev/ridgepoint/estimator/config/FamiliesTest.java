package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each family makes of its fields, those that change no count included. */
class FamiliesTest {

  @ParameterizedTest
  @CsvSource({
    "llama-bias, llama, 32, 4, 4, 8, true, true, true, false, false",
    "llama-gqa, llama, 64, 8, 2, 8, false, false, false, false, false",
    "llama-linear-rope, llama, 64, 4, 1, 16, false, false, false, false, false",
    "llama-sharded, llama, 48, 4, 2, 12, false, false, false, false, false",
    "llama-tied-headdim, llama, 48, 4, 2, 16, false, false, false, false, true",
    "llama31-rope, llama, 64, 4, 2, 16, false, false, false, false, true",
    "mistral-swa, mistral, 64, 4, 2, 16, false, false, false, false, false",
    "qwen2-bias, qwen2, 64, 4, 2, 16, true, false, false, false, true",
    "qwen3-qknorm, qwen3, 64, 4, 2, 32, false, false, false, true, true",
  })
  void theGoldenModelsAreRead(
      String name,
      String modelType,
      int hiddenSize,
      int heads,
      int keyValueHeads,
      int headDim,
      boolean qkvBias,
      boolean outputBias,
      boolean mlpBias,
      boolean qkNorm,
      boolean tied) {
    for (String variant : new String[] {"hf-f32", "hf-bf16"}) {
      Architecture model =
          ConfigReader.read(Configs.golden("logits").resolve(name).resolve(variant));
      GroupedQueryAttention attention = Configs.attention(model, 0);
      assertEquals(modelType, model.modelType());
      assertEquals(hiddenSize, model.hiddenSize());
      assertEquals(heads, attention.numAttentionHeads());
      assertEquals(keyValueHeads, attention.numKeyValueHeads());
      assertEquals(headDim, attention.headDim());
      assertEquals(qkvBias, attention.qkvBias());
      assertEquals(outputBias, attention.outputBias());
      assertEquals(mlpBias, feedForward(model).bias());
      assertEquals(qkNorm ? LlamaFamilies.HEAD_NORM : QueryKeyNorm.NONE, attention.queryKeyNorm());
      assertEquals(tied, model.isTied());
      assertEquals(256, model.maxPositions());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"config-null-fields", "config-tied-and-head", "config-bias-missing"})
  void theGoldenConfigsWhoseFaultIfAnyLiesInTheWeightsAreRead(String name) {
    Architecture model = ConfigReader.read(Configs.golden("bad").resolve(name));
    GroupedQueryAttention attention = Configs.attention(model, 0);
    assertEquals(8, attention.headDim());
    assertEquals(1, attention.numKeyValueHeads());
    assertEquals(name.equals("config-tied-and-head"), model.isTied());
    assertEquals(name.equals("config-bias-missing"), attention.qkvBias());
    assertEquals(name.equals("config-bias-missing"), attention.outputBias());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "llama  | 'attention_bias': true | true | true | false",
        "llama  | 'mlp_bias': true | false | false | true",
        "qwen3  | 'attention_bias': true | true | true | false",
        "qwen2  | 'attention_bias': false | true | false | false",
        "mistral| 'attention_bias': true | false | false | false",
      })
  void biasesAreOfTheProjectionsThatTheFamilyGivesThem(
      String family, String field, boolean qkv, boolean output, boolean mlp) {
    Architecture model = Configs.read(family, field);
    assertEquals(qkv, Configs.attention(model, 0).qkvBias());
    assertEquals(output, Configs.attention(model, 0).outputBias());
    assertEquals(mlp, feedForward(model).bias());
  }

  /** As in configuration_(family).py of the transformers library. */
  @ParameterizedTest
  @CsvSource({
    "llama, 2048, 1e-6, 10000",
    "granite, 2048, 1e-6, 10000",
    "internlm2, 2048, 1e-6, 10000",
    "mistral, 131072, 1e-6, 10000",
    "qwen2, 32768, 1e-6, 10000",
    "qwen3, 32768, 1e-6, 10000",
    "phi3, 4096, 1e-5, 10000",
    "smollm3, 32768, 1e-6, 2000000",
    "olmo, 2048, 1e-5, 10000",
    "olmo2, 2048, 1e-5, 10000",
    "gemma, 8192, 1e-6, 10000",
    "gemma2, 8192, 1e-6, 10000",
    "mixtral, 131072, 1e-5, 1000000",
    "phimoe, 131072, 1e-5, 1000000",
    "qwen2_moe, 32768, 1e-6, 10000",
    "qwen3_moe, 32768, 1e-6, 10000",
    "olmoe, 4096, 1e-5, 10000",
    "gpt_oss, 131072, 1e-5, 150000",
    "llama4_text, 131072, 1e-5, 500000",
    "gpt_neox, 2048, 1e-5, 10000",
    "phi, 2048, 1e-5, 10000",
    "falcon, 2048, 1e-5, 10000",
    "stablelm, 4096, 1e-5, 10000",
    "cohere, 8192, 1e-5, 10000",
    "starcoder2, 4096, 1e-5, 10000",
  })
  void absentFieldsAreTheClasss(String family, int positions, double epsilon, double theta) {
    Architecture model =
        Configs.read(
            family,
            "'num_key_value_heads': 3, 'num_experts_per_tok': 1, 'num_experts': 2,"
                + "'num_local_experts': 2, 'moe_intermediate_size': 6,"
                + "'shared_expert_intermediate_size': 6, 'intermediate_size_mlp': 6,"
                + "'head_dim': 8");
    assertEquals(positions, model.maxPositions());
    assertEquals(epsilon, model.numerics().normEpsilon());
    assertEquals(theta, Configs.attention(model, 0).rope().theta());
  }

  @Test
  void gemmaScalesItsEmbeddingAndOffsetsItsNorms() {
    Architecture gemma = ModelCatalog.get("gemma-2b");
    assertEquals(new Numerics(1e-6, true, Math.sqrt(2048), 1, 1, 0), gemma.numerics());
    assertEquals(1.0 / 16, Configs.attention(gemma, 0).scoreScale());
  }

  @Test
  void gemma2CapsItsScoresAndLogits() {
    Architecture gemma = Configs.goldenModel("gemma2");
    assertEquals(new Numerics(1e-6, true, Math.sqrt(32), 1, 1, 6), gemma.numerics());
    assertEquals(3, Configs.attention(gemma, 0).scoreTerms().softCap());
    assertEquals(1.0 / 8, Configs.attention(gemma, 0).scoreScale());
    Architecture silent = Configs.read("gemma2", "'num_key_value_heads': 3");
    assertEquals(30, silent.numerics().logitSoftCap());
    assertEquals(50, Configs.attention(silent, 0).scoreTerms().softCap());
    Architecture uncapped =
        Configs.read(
            "gemma2",
            "'num_key_value_heads': 3, 'attn_logit_softcapping': null,"
                + "'final_logit_softcapping': null");
    assertEquals(0, uncapped.numerics().logitSoftCap());
    assertEquals(0, Configs.attention(uncapped, 0).scoreTerms().softCap());
  }

  @Test
  void gemma3HasNoCaps() {
    Architecture gemma = Configs.goldenModel("gemma3-text");
    assertEquals(new Numerics(1e-6, true, Math.sqrt(32), 1, 1, 0), gemma.numerics());
    assertEquals(0, Configs.attention(gemma, 0).scoreTerms().softCap());
    assertEquals(1 / Math.sqrt(48), Configs.attention(gemma, 0).scoreScale());
    // Norms of queries and keys, which no other Gemma has.
    assertEquals(LlamaFamilies.HEAD_NORM, Configs.attention(gemma, 0).queryKeyNorm());
  }

  @Test
  void graniteHasAFactorAtFourPlaces() {
    Architecture granite = Configs.goldenModel("granite");
    assertEquals(new Numerics(1e-5, false, 0.6, 1.4, 1 / 2.5, 0), granite.numerics());
    assertEquals(0.5, Configs.attention(granite, 0).scoreScale());
    Architecture silent = Configs.read("granite", "'tie_word_embeddings': true");
    assertEquals(Numerics.ofEpsilon(1e-6), silent.numerics());
    assertEquals(1, Configs.attention(silent, 0).scoreScale());
  }

  @Test
  void cohereScalesItsLogits() {
    assertEquals(
        new Numerics(1e-5, false, 1, 1, 0.0625, 0),
        ModelCatalog.get("c4ai-command-r-v01").numerics());
  }

  @Test
  void t5ScalesTheLogitsOfATiedHeadAndNoScore() {
    Architecture tied = ModelCatalog.get("t5-base");
    assertEquals(new Numerics(1e-6, false, 1, 1, 1 / Math.sqrt(768), 0), tied.numerics());
    assertEquals(1, Configs.attention(tied, 0).scoreScale());
    assertEquals(1, ModelCatalog.get("flan-t5-base").numerics().logitScale());
  }

  @Test
  void gpt2MayScaleItsScoresByTheLayer() {
    String gpt2 =
        "'n_embd': 16, 'n_layer': 2, 'n_head': 1, 'n_positions': 8,"
            + "'layer_norm_epsilon': 0.5, 'scale_attn_by_inverse_layer_idx': %s";
    Architecture usual = Configs.read("gpt2", gpt2.formatted("false"));
    assertEquals(0.5, usual.numerics().normEpsilon());
    assertEquals(0.25, Configs.attention(usual, 1).scoreScale());
    Architecture scaled = Configs.read("gpt2", gpt2.formatted("true"));
    assertEquals(0.25, Configs.attention(scaled, 0).scoreScale());
    assertEquals(0.125, Configs.attention(scaled, 1).scoreScale());
    assertEquals(Rope.NONE, Configs.attention(usual, 0).rope());
  }

  @ParameterizedTest
  @CsvSource({
    "bert-base-uncased, 1e-12",
    "roberta-base, 1e-5",
    "distilbert-base-uncased, 1e-12",
    "bloom-560m, 1e-5",
    "opt-125m, 1e-5",
    "mpt-7b, 1e-5",
    "gpt-j-6b, 1e-5",
    "Llama-2-70B, 1e-5",
    "OLMo-2-7B, 1e-6",
  })
  void epsilonsAreTheModels(String name, double epsilon) {
    assertEquals(epsilon, ModelCatalog.get(name).numerics().normEpsilon());
  }

  @ParameterizedTest
  @CsvSource({
    "llama, rms_norm_eps",
    "gpt_neox, layer_norm_eps",
    "phi, layer_norm_eps",
    "stablelm, layer_norm_eps",
    "cohere, layer_norm_eps",
    "falcon, layer_norm_epsilon",
    "starcoder2, norm_epsilon",
  })
  void eachFamilyHasItsNameForTheEpsilon(String family, String field) {
    Architecture model = Configs.read(family, "'head_dim': 8, '%s': 0.5".formatted(field));
    assertEquals(0.5, model.numerics().normEpsilon());
  }

  private static DenseFeedForward feedForward(Architecture model) {
    return (DenseFeedForward) model.decoder().orElseThrow().layers().getFirst().feedForward();
  }
}
