package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code config.json} would say of the model in a GGUF file; the families' reader does the
 * rest.
 *
 * @param fields the file's metadata
 * @param architecture the file's
 * @param hasTensor whether the file has a tensor of a name
 */
record GgufFamilyConfig(
    GgufFields fields, GgufArchitecture architecture, Predicate<String> hasTensor) {
  private static final double DEFAULT_FREQ_BASE = 10_000;

  // Of llama-hparams.h.
  private static final double GEMMA2_SCORE_CAP = 50;
  private static final double GEMMA2_LOGIT_CAP = 30;

  ObjectNode json(int vocabSize, int headDim) {
    GgufKeys keys = architecture.keys();
    int headCount = fields.requiredInt(keys.headCount());
    ObjectNode config = JsonMapper.shared().createObjectNode();
    boolean isMixtral = architecture == GgufArchitecture.LLAMA && experts().isPresent();
    config.put("model_type", isMixtral ? "mixtral" : architecture.modelType());
    config.put("vocab_size", vocabSize);
    config.put("hidden_size", fields.requiredInt(keys.embeddingLength()));
    config.put("intermediate_size", fields.requiredInt(keys.feedForwardLength()));
    config.put("num_hidden_layers", fields.requiredInt(keys.blockCount()));
    config.put("num_attention_heads", headCount);
    config.put("num_key_value_heads", fields.optionalInt(keys.headCountKv()).orElse(headCount));
    config.put("head_dim", headDim);
    config.put("max_position_embeddings", fields.requiredBound(keys.contextLength()));
    config.put("rope_theta", fields.doubleOr(keys.ropeFreqBase(), DEFAULT_FREQ_BASE));
    config.put("tie_word_embeddings", !hasTensor.test("output.weight"));
    addOwn(config, keys);
    return config;
  }

  /** The families' own fields, and their names for those that all have. */
  private void addOwn(ObjectNode config, GgufKeys keys) {
    switch (architecture) {
      case GLM4, OLMO2, PHI3, QWEN2, QWEN3, SMOLLM3 -> config.put("rms_norm_eps", epsilon());
      case LLAMA -> {
        config.put("rms_norm_eps", epsilon());
        if (experts().isPresent()) {
          addExperts(config, "num_local_experts");
        }
      }
      case OLMOE -> {
        config.put("rms_norm_eps", epsilon());
        addExperts(config, "num_experts");
      }
      case QWEN2MOE -> {
        config.put("rms_norm_eps", epsilon());
        addExperts(config, "num_experts");
        config.put(
            "shared_expert_intermediate_size",
            fields.requiredInt(keys.expertSharedFeedForwardLength()));
      }
      case QWEN3MOE -> {
        config.put("rms_norm_eps", epsilon());
        addExperts(config, "num_experts");
        config.put("norm_topk_prob", true); // llama.cpp knows no others
      }
      case GLM4MOE -> {
        config.put("rms_norm_eps", epsilon());
        config.put("use_qk_norm", hasTensor.test("blk.0.attn_q_norm.weight"));
        addDeepSeekExperts(config);
      }
      case GPT_OSS -> {
        config.put("rms_norm_eps", epsilon());
        addExperts(config, "num_local_experts");
        config.put("sliding_window", fields.requiredInt(keys.slidingWindow()));
      }
      case GPTNEOX -> {
        config.put("layer_norm_eps", epsilon());
        config.put("use_parallel_residual", fields.booleanOr(keys.useParallelResidual(), true));
      }
      case GRANITE, GRANITEMOE -> {
        if (architecture == GgufArchitecture.GRANITEMOE) {
          addExperts(config, "num_local_experts");
        }
        config.put("rms_norm_eps", epsilon());
        double usualScale = 1 / Math.sqrt(config.get("head_dim").intValue());
        config.put("attention_multiplier", fields.doubleOr(keys.attentionScale(), usualScale));
        config.put("embedding_multiplier", fields.doubleOr(keys.embeddingScale(), 1));
        config.put("residual_multiplier", fields.doubleOr(keys.residualScale(), 1));
        config.put("logits_scaling", fields.doubleOr(keys.logitScale(), 1));
      }
      case GEMMA2 -> {
        addGemma(config);
        config.put(
            "attn_logit_softcapping", fields.doubleOr(keys.scoreSoftCap(), GEMMA2_SCORE_CAP));
        config.put(
            "final_logit_softcapping", fields.doubleOr(keys.logitSoftCap(), GEMMA2_LOGIT_CAP));
      }
      case GEMMA3 -> {
        addGemma(config);
        config.put("rope_local_base_freq", DEFAULT_FREQ_BASE);
        config.put("final_logit_softcapping", fields.doubleOr(keys.logitSoftCap(), 0));
      }
      case OLMO -> config.put("clip_qkv", fields.doubleOr(keys.clampQueryKeyValue(), 0));
      case STABLELM -> {
        config.put("layer_norm_eps", epsilon());
        config.put("use_parallel_residual", fields.booleanOr(keys.useParallelResidual(), false));
        config.put("qk_layernorm", hasTensor.test("blk.0.attn_q_norm.weight"));
      }
      case STARCODER2 -> config.put("norm_epsilon", epsilon());
      case GPT2 -> {
        config.put("layer_norm_epsilon", epsilon());
        config.set("n_embd", config.get("hidden_size"));
        config.set("n_inner", config.get("intermediate_size"));
        config.set("n_layer", config.get("num_hidden_layers"));
        config.set("n_head", config.get("num_attention_heads"));
        config.set("n_positions", config.get("max_position_embeddings"));
      }
    }
  }

  private void addGemma(ObjectNode config) {
    config.put("rms_norm_eps", epsilon());
    config.put("sliding_window", fields.requiredInt(architecture.keys().slidingWindow()));
    config.put(
        "query_pre_attn_scalar",
        architecture.scoreDivisorSquared(
            config.get("num_hidden_layers").intValue(),
            config.get("head_dim").intValue(),
            config.get("hidden_size").intValue(),
            config.get("num_attention_heads").intValue()));
  }

  private void addExperts(ObjectNode config, String numberField) {
    GgufKeys keys = architecture.keys();
    int number = fields.requiredInt(keys.expertCount());
    int perToken = fields.requiredInt(keys.expertUsedCount());
    if (perToken > number) {
      throw fields.invalid(
          keys.expertUsedCount(),
          String.format(Locale.ROOT, "is %d, but there are %d experts", perToken, number));
    }
    config.put(numberField, number);
    config.put("num_experts_per_tok", perToken);
    fields
        .optionalInt(keys.expertFeedForwardLength())
        .ifPresent(width -> config.put("moe_intermediate_size", width));
  }

  /** Of which the choice is corrected, beside shared ones behind dense first layers. */
  private void addDeepSeekExperts(ObjectNode config) {
    GgufKeys keys = architecture.keys();
    addExperts(config, "n_routed_experts");
    config.put("n_shared_experts", fields.optionalInt(keys.expertSharedCount()).orElse(0));
    config.put(
        "first_k_dense_replace", fields.optionalInt(keys.leadingDenseBlockCount()).orElse(0));
    config.put("n_group", fields.optionalInt(keys.expertGroupCount()).orElse(1));
    config.put("topk_group", fields.optionalInt(keys.expertGroupUsedCount()).orElse(1));
    config.put("norm_topk_prob", fields.booleanOr(keys.expertWeightsNorm(), false));
    config.put("routed_scaling_factor", fields.doubleOr(keys.expertWeightsScale(), 1));
  }

  private OptionalInt experts() {
    return fields.optionalInt(architecture.keys().expertCount());
  }

  private double epsilon() {
    return fields.requiredDouble(epsilonKey());
  }

  private String epsilonKey() {
    GgufKeys keys = architecture.keys();
    return architecture.hasLayerNorms() ? keys.layerNormEpsilon() : keys.rmsEpsilon();
  }

  /**
   * Refuses an epsilon that the family's config has no field for.
   *
   * @throws InvalidInputException if the file's is not {@code read}
   */
  void requireEpsilon(double read) {
    if (epsilon() != read) {
      throw fields.invalid(epsilonKey(), "must be %s, but is %s".formatted(read, epsilon()));
    }
  }
}
