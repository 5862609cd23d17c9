package dev.ridgepoint.model.checkpoint;

/**
 * The metadata keys of an architecture in a GGUF file, as {@code gguf-py/gguf/constants.py} of
 * llama.cpp names them.
 *
 * @param architecture the value of {@link #ARCHITECTURE}, with which the keys begin
 */
record GgufKeys(String architecture) {
  static final String ARCHITECTURE = "general.architecture";
  static final String FILE_TYPE = "general.file_type";
  static final String QUANTIZATION_VERSION = "general.quantization_version";

  /** {@code GGML_QNT_VERSION}: of the layout of quantised blocks. */
  static final int CURRENT_QUANTIZATION_VERSION = 2;

  /** What the keys of the tokenizer begin with. */
  static final String TOKENIZER = "tokenizer.";

  static final String TOKENIZER_MODEL = "tokenizer.ggml.model";
  static final String TOKENIZER_WORDS = "tokenizer.ggml.pre";
  static final String MERGES = "tokenizer.ggml.merges";
  static final String TOKENS = "tokenizer.ggml.tokens";
  static final String SCORES = "tokenizer.ggml.scores";
  static final String TOKEN_TYPES = "tokenizer.ggml.token_type";
  static final String UNKNOWN_TOKEN = "tokenizer.ggml.unknown_token_id";
  static final String BOS_TOKEN = "tokenizer.ggml.bos_token_id";
  static final String EOS_TOKEN = "tokenizer.ggml.eos_token_id";
  static final String ADD_BOS_TOKEN = "tokenizer.ggml.add_bos_token";
  static final String ADD_SPACE_PREFIX = "tokenizer.ggml.add_space_prefix";

  // Of expertGatingFunction.
  static final int SOFTMAX_GATING = 1;
  static final int SIGMOID_GATING = 2;

  String vocabSize() {
    return architecture + ".vocab_size";
  }

  String contextLength() {
    return architecture + ".context_length";
  }

  String embeddingLength() {
    return architecture + ".embedding_length";
  }

  String blockCount() {
    return architecture + ".block_count";
  }

  String feedForwardLength() {
    return architecture + ".feed_forward_length";
  }

  String expertCount() {
    return architecture + ".expert_count";
  }

  String expertUsedCount() {
    return architecture + ".expert_used_count";
  }

  String expertFeedForwardLength() {
    return architecture + ".expert_feed_forward_length";
  }

  String expertSharedCount() {
    return architecture + ".expert_shared_count";
  }

  String expertGroupCount() {
    return architecture + ".expert_group_count";
  }

  String expertGroupUsedCount() {
    return architecture + ".expert_group_used_count";
  }

  String expertWeightsNorm() {
    return architecture + ".expert_weights_norm";
  }

  String expertWeightsScale() {
    return architecture + ".expert_weights_scale";
  }

  String leadingDenseBlockCount() {
    return architecture + ".leading_dense_block_count";
  }

  /** {@link #SOFTMAX_GATING} of the experts' scores, or {@link #SIGMOID_GATING} of each. */
  String expertGatingFunction() {
    return architecture + ".expert_gating_func";
  }

  String expertSharedFeedForwardLength() {
    return architecture + ".expert_shared_feed_forward_length";
  }

  String headCount() {
    return architecture + ".attention.head_count";
  }

  String headCountKv() {
    return architecture + ".attention.head_count_kv";
  }

  String keyLength() {
    return architecture + ".attention.key_length";
  }

  String valueLength() {
    return architecture + ".attention.value_length";
  }

  /** Elements of a head's key before it is absorbed, which older files have in the former. */
  String keyLengthOfLatents() {
    return architecture + ".attention.key_length_mla";
  }

  String valueLengthOfLatents() {
    return architecture + ".attention.value_length_mla";
  }

  String queryLoraRank() {
    return architecture + ".attention.q_lora_rank";
  }

  String keyValueLoraRank() {
    return architecture + ".attention.kv_lora_rank";
  }

  String rmsEpsilon() {
    return architecture + ".attention.layer_norm_rms_epsilon";
  }

  /** Of layer norms, where {@link #rmsEpsilon} is of RMS norms. */
  String layerNormEpsilon() {
    return architecture + ".attention.layer_norm_epsilon";
  }

  String clampQueryKeyValue() {
    return architecture + ".attention.clamp_kqv";
  }

  String attentionScale() {
    return architecture + ".attention.scale";
  }

  String embeddingScale() {
    return architecture + ".embedding_scale";
  }

  String residualScale() {
    return architecture + ".residual_scale";
  }

  String logitScale() {
    return architecture + ".logit_scale";
  }

  String useParallelResidual() {
    return architecture + ".use_parallel_residual";
  }

  String scoreSoftCap() {
    return architecture + ".attn_logit_softcapping";
  }

  String logitSoftCap() {
    return architecture + ".final_logit_softcapping";
  }

  String slidingWindow() {
    return architecture + ".attention.sliding_window";
  }

  String ropeDimensionCount() {
    return architecture + ".rope.dimension_count";
  }

  String ropeFreqBase() {
    return architecture + ".rope.freq_base";
  }

  String ropeScalingType() {
    return architecture + ".rope.scaling.type";
  }

  String ropeScalingFactor() {
    return architecture + ".rope.scaling.factor";
  }

  String ropeScalingOriginalContext() {
    return architecture + ".rope.scaling.original_context_length";
  }

  String ropeScalingBetaFast() {
    return architecture + ".rope.scaling.yarn_beta_fast";
  }

  String ropeScalingBetaSlow() {
    return architecture + ".rope.scaling.yarn_beta_slow";
  }

  /** A tenth of {@code mscale_all_dim}. */
  String ropeScalingLogMultiplier() {
    return architecture + ".rope.scaling.yarn_log_multiplier";
  }

  /** Multiplies rotated queries and keys, besides what YaRN does. */
  String ropeScalingAttentionFactor() {
    return architecture + ".rope.scaling.attn_factor";
  }

  /** What {@link #ropeScalingFactor} was called before there was a type. */
  String ropeScaleLinear() {
    return architecture + ".rope.scale_linear";
  }
}
