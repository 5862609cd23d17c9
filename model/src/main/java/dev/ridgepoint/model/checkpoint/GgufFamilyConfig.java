package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.RopeScaling;
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

  /** Of llama.cpp's logarithm, in what DeepSeek's configs multiply it with. */
  private static final double LOG_MULTIPLIERS = 10;

  // Of llama-hparams.h.
  private static final double GEMMA2_SCORE_CAP = 50;
  private static final double GEMMA2_LOGIT_CAP = 30;

  /**
   * The config.
   *
   * @param headDim elements of a head; none of latent attention, whose heads have several sizes
   */
  ObjectNode json(int vocabSize, OptionalInt headDim) {
    GgufKeys keys = architecture.keys();
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("model_type", architecture.modelType());
    config.put("vocab_size", vocabSize);
    config.put("hidden_size", fields.requiredInt(keys.embeddingLength()));
    config.put("intermediate_size", fields.requiredInt(keys.feedForwardLength()));
    config.put("num_hidden_layers", fields.requiredInt(keys.blockCount()));
    int headCount = fields.requiredInt(keys.headCount());
    config.put("num_attention_heads", headCount);
    config.put("max_position_embeddings", fields.requiredBound(keys.contextLength()));
    config.put("rope_theta", fields.doubleOr(keys.ropeFreqBase(), DEFAULT_FREQ_BASE));
    config.put("tie_word_embeddings", !hasTensor.test("output.weight"));
    if (headDim.isPresent()) {
      config.put("num_key_value_heads", fields.optionalInt(keys.headCountKv()).orElse(headCount));
      config.put("head_dim", headDim.getAsInt());
    }
    if (!architecture.config().epsilonField().isEmpty()) {
      config.put(architecture.config().epsilonField(), epsilon());
    }
    architecture.config().ownFields().accept(this, config);
    return config;
  }

  /** DeepSeek-V2's or V3's. */
  void addLatents(ObjectNode config) {
    GgufKeys keys = architecture.keys();
    if (gating() == GgufKeys.SIGMOID_GATING) {
      config.put("model_type", "deepseek_v3");
    }
    int queryLoraRank = fields.optionalInt(keys.queryLoraRank()).orElse(0);
    if (queryLoraRank > 0) {
      config.put("q_lora_rank", queryLoraRank);
    }
    config.put("kv_lora_rank", fields.requiredInt(keys.keyValueLoraRank()));
    int positionDim = fields.requiredInt(keys.ropeDimensionCount());
    String keyLength = first(keys.keyLengthOfLatents(), keys.keyLength());
    int keyDim = fields.requiredInt(keyLength) - positionDim;
    if (keyDim < 1) {
      throw fields.invalid(
          keyLength,
          String.format(
              Locale.ROOT, "must be more than \"%s\" %d", keys.ropeDimensionCount(), positionDim));
    }
    config.put("qk_nope_head_dim", keyDim);
    config.put("qk_rope_head_dim", positionDim);
    config.put(
        "v_head_dim", fields.requiredInt(first(keys.valueLengthOfLatents(), keys.valueLength())));
    addDeepSeekExperts(config);
    boolean hasGroups = config.get("n_group").intValue() > 1;
    config.put("topk_method", hasGroups ? "group_limited_greedy" : "greedy");
    fields
        .text(keys.ropeScalingType())
        .filter(type -> !type.equals("none"))
        .ifPresent(type -> addScaling(config.putObject("rope_scaling"), type));
  }

  private String first(String key, String older) {
    return fields.has(key) ? key : older;
  }

  private int gating() {
    GgufKeys keys = architecture.keys();
    int gating = fields.optionalInt(keys.expertGatingFunction()).orElse(GgufKeys.SOFTMAX_GATING);
    if (gating != GgufKeys.SOFTMAX_GATING && gating != GgufKeys.SIGMOID_GATING) {
      throw fields.invalid(
          keys.expertGatingFunction(),
          String.format(
              Locale.ROOT,
              "must be %d or %d, but is %d",
              GgufKeys.SOFTMAX_GATING,
              GgufKeys.SIGMOID_GATING,
              gating));
    }
    return gating;
  }

  /** YaRN's magnitude is of the scores' scale alone: llama.cpp takes it from rotated elements. */
  private void addScaling(ObjectNode scaling, String type) {
    GgufKeys keys = architecture.keys();
    scaling.put("type", type);
    scaling.put("factor", fields.requiredDouble(keys.ropeScalingFactor()));
    fields
        .optionalInt(keys.ropeScalingOriginalContext())
        .ifPresent(length -> scaling.put("original_max_position_embeddings", length));
    double magnitude = fields.doubleOr(keys.ropeScalingLogMultiplier(), 0) * LOG_MULTIPLIERS;
    if (type.equals("yarn")) {
      scaling.put(
          "beta_fast",
          fields.doubleOr(keys.ropeScalingBetaFast(), RopeScaling.Yarn.USUAL_BETA_FAST));
      scaling.put(
          "beta_slow",
          fields.doubleOr(keys.ropeScalingBetaSlow(), RopeScaling.Yarn.USUAL_BETA_SLOW));
      scaling.put("attention_factor", 1);
      scaling.put("mscale_all_dim", magnitude);
    }
  }

  /** Of Llama, of which Mixtral has experts. */
  void addMixtral(ObjectNode config) {
    if (fields.has(architecture.keys().expertCount())) {
      config.put("model_type", "mixtral");
      addExperts(config);
    }
  }

  void addQwen2Moe(ObjectNode config) {
    addExperts(config);
    config.put(
        "shared_expert_intermediate_size",
        fields.requiredInt(architecture.keys().expertSharedFeedForwardLength()));
  }

  void addQwen3Moe(ObjectNode config) {
    addExperts(config);
    config.put("norm_topk_prob", true); // llama.cpp knows no others
  }

  void addGlm4Moe(ObjectNode config) {
    config.put("use_qk_norm", hasQueryNorm());
    addDeepSeekExperts(config);
  }

  void addGptOss(ObjectNode config) {
    addExperts(config);
    addWindow(config);
  }

  void addGptNeoX(ObjectNode config) {
    addParallelResidual(config, true);
  }

  void addStableLm(ObjectNode config) {
    addParallelResidual(config, false);
    config.put("qk_layernorm", hasQueryNorm());
  }

  void addGraniteMoe(ObjectNode config) {
    addExperts(config);
    addGranite(config);
  }

  void addGranite(ObjectNode config) {
    GgufKeys keys = architecture.keys();
    double usualScale = 1 / Math.sqrt(config.get("head_dim").intValue());
    config.put("attention_multiplier", fields.doubleOr(keys.attentionScale(), usualScale));
    config.put("embedding_multiplier", fields.doubleOr(keys.embeddingScale(), 1));
    config.put("residual_multiplier", fields.doubleOr(keys.residualScale(), 1));
    config.put("logits_scaling", fields.doubleOr(keys.logitScale(), 1));
  }

  void addGemma2(ObjectNode config) {
    GgufKeys keys = architecture.keys();
    addGemma(config);
    config.put("attn_logit_softcapping", fields.doubleOr(keys.scoreSoftCap(), GEMMA2_SCORE_CAP));
    config.put("final_logit_softcapping", fields.doubleOr(keys.logitSoftCap(), GEMMA2_LOGIT_CAP));
  }

  void addGemma3(ObjectNode config) {
    addGemma(config);
    config.put("rope_local_base_freq", DEFAULT_FREQ_BASE);
    config.put("final_logit_softcapping", fields.doubleOr(architecture.keys().logitSoftCap(), 0));
  }

  void addOlmo(ObjectNode config) {
    config.put("clip_qkv", fields.doubleOr(architecture.keys().clampQueryKeyValue(), 0));
  }

  void addGpt2(ObjectNode config) {
    config.set("n_embd", config.get("hidden_size"));
    config.set("n_inner", config.get("intermediate_size"));
    config.set("n_layer", config.get("num_hidden_layers"));
    config.set("n_head", config.get("num_attention_heads"));
    config.set("n_positions", config.get("max_position_embeddings"));
  }

  private void addGemma(ObjectNode config) {
    addWindow(config);
    config.put(
        "query_pre_attn_scalar",
        architecture.scoreDivisorSquared(
            config.get("num_hidden_layers").intValue(),
            config.get("head_dim").intValue(),
            config.get("hidden_size").intValue(),
            config.get("num_attention_heads").intValue()));
  }

  private void addWindow(ObjectNode config) {
    config.put("sliding_window", fields.requiredInt(architecture.keys().slidingWindow()));
  }

  private void addParallelResidual(ObjectNode config, boolean usual) {
    String key = architecture.keys().useParallelResidual();
    config.put("use_parallel_residual", fields.booleanOr(key, usual));
  }

  private boolean hasQueryNorm() {
    return hasTensor.test("blk.0.attn_q_norm.weight");
  }

  void addExperts(ObjectNode config) {
    GgufKeys keys = architecture.keys();
    int number = fields.requiredInt(keys.expertCount());
    int perToken = fields.requiredInt(keys.expertUsedCount());
    if (perToken > number) {
      throw fields.invalid(
          keys.expertUsedCount(),
          String.format(Locale.ROOT, "is %d, but there are %d experts", perToken, number));
    }
    config.put(architecture.config().expertsField(), number);
    config.put("num_experts_per_tok", perToken);
    fields
        .optionalInt(keys.expertFeedForwardLength())
        .ifPresent(width -> config.put("moe_intermediate_size", width));
  }

  /** Of which the choice is corrected, beside shared ones behind dense first layers. */
  private void addDeepSeekExperts(ObjectNode config) {
    GgufKeys keys = architecture.keys();
    addExperts(config);
    config.put("n_shared_experts", fields.optionalInt(keys.expertSharedCount()).orElse(0));
    config.put(
        "first_k_dense_replace", fields.optionalInt(keys.leadingDenseBlockCount()).orElse(0));
    config.put("n_group", fields.optionalInt(keys.expertGroupCount()).orElse(1));
    config.put("topk_group", fields.optionalInt(keys.expertGroupUsedCount()).orElse(1));
    config.put("norm_topk_prob", fields.booleanOr(keys.expertWeightsNorm(), false));
    config.put("routed_scaling_factor", fields.doubleOr(keys.expertWeightsScale(), 1));
  }

  private double epsilon() {
    return fields.requiredDouble(epsilonKey());
  }

  private String epsilonKey() {
    GgufKeys keys = architecture.keys();
    return architecture.config().hasLayerNorms() ? keys.layerNormEpsilon() : keys.rmsEpsilon();
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
