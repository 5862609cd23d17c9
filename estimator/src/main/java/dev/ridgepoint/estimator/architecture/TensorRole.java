package dev.ridgepoint.estimator.architecture;

import static dev.ridgepoint.estimator.architecture.TensorAxis.EMBEDDING_WIDTH;
import static dev.ridgepoint.estimator.architecture.TensorAxis.EXPERTS;
import static dev.ridgepoint.estimator.architecture.TensorAxis.HEAD;
import static dev.ridgepoint.estimator.architecture.TensorAxis.HIDDEN;
import static dev.ridgepoint.estimator.architecture.TensorAxis.INNER;
import static dev.ridgepoint.estimator.architecture.TensorAxis.INTERMEDIATE;
import static dev.ridgepoint.estimator.architecture.TensorAxis.KEY_VALUE_HEADS;
import static dev.ridgepoint.estimator.architecture.TensorAxis.LATENT;
import static dev.ridgepoint.estimator.architecture.TensorAxis.ONE;
import static dev.ridgepoint.estimator.architecture.TensorAxis.POSITIONS;
import static dev.ridgepoint.estimator.architecture.TensorAxis.QUERY_HEADS;
import static dev.ridgepoint.estimator.architecture.TensorAxis.VOCABULARY;

/**
 * What a weight tensor is for: the one place of its names and axes. Matrices are {@code [outputs,
 * inputs]}, as both formats store them; vectors have outputs alone.
 *
 * <p>The names are those of the Llama family and its many descendants, without {@code .weight} or
 * {@code .bias}. Of roles that both formats name by a number of the layer, the part behind it.
 */
public enum TensorRole {
  /** A row per token; the output head too where the two are tied. */
  TOKEN_EMBEDDING(
      "embedding", Component.EMBEDDING, "embed_tokens", "token_embd", VOCABULARY, EMBEDDING_WIDTH),
  /** From the embedding's width to the residual stream (OPT). */
  EMBEDDING_IN("embedding_in", Component.EMBEDDING, "project_in", "", HIDDEN, EMBEDDING_WIDTH),
  /** From the residual stream to the embedding's width (OPT). */
  EMBEDDING_OUT("embedding_out", Component.EMBEDDING, "project_out", "", EMBEDDING_WIDTH, HIDDEN),
  /** A row per position, learned. */
  POSITION_EMBEDDING(
      "positions", Component.POSITIONS, "embed_positions", "position_embd", POSITIONS, HIDDEN),
  /** A row per type of token (BERT). */
  TOKEN_TYPE_EMBEDDING(
      "token_types",
      Component.POSITIONS,
      "token_type_embeddings",
      "token_types",
      POSITIONS,
      HIDDEN),
  /** A bias per distance and head (T5). */
  RELATIVE_POSITIONS(
      "relative_positions",
      Component.POSITIONS,
      "relative_attention_bias",
      "attn_rel_b",
      POSITIONS,
      QUERY_HEADS),
  /** A row per token and layer (Gemma 3n). */
  PER_LAYER_EMBEDDING(
      "per_layer_embedding",
      Component.EMBEDDING,
      "embed_tokens_per_layer",
      "per_layer_token_embd",
      VOCABULARY,
      EMBEDDING_WIDTH),
  /** From a token's embedding to what is added to its rows of all layers. */
  PER_LAYER_IN(
      "per_layer_in",
      Component.EMBEDDING,
      "per_layer_model_projection",
      "per_layer_model_proj",
      EMBEDDING_WIDTH,
      HIDDEN),
  PER_LAYER_NORM(
      "per_layer_norm", "per_layer_projection_norm", "per_layer_proj_norm", EMBEDDING_WIDTH),
  /** From a token's embedding to its further residual streams, and back (AltUp). */
  STREAMS_IN("altup_in", Component.EMBEDDING, "altup_projections", "altup_proj", HIDDEN, HIDDEN),
  STREAMS_OUT(
      "altup_out",
      Component.EMBEDDING,
      "altup_unembed_projections",
      "altup_unembd_proj",
      HIDDEN,
      HIDDEN),
  EMBEDDING_NORM("embedding_norm", "embed_layernorm", "token_embd_norm", HIDDEN),

  /** Before attention. */
  ATTENTION_NORM("attention_norm", "input_layernorm", "attn_norm", HIDDEN),
  /** Of what attention puts out, or of the sum with it. */
  POST_ATTENTION_NORM(
      "post_attention_norm", "post_attention_layernorm", "post_attention_norm", HIDDEN),
  CROSS_ATTENTION_NORM("cross_attention_norm", "cross_attn_layernorm", "cross_attn_norm", HIDDEN),
  POST_CROSS_ATTENTION_NORM(
      "post_cross_attention_norm", "post_cross_attn_layernorm", "post_cross_attn_norm", HIDDEN),
  /** Before the feed-forward, where no norm stands behind attention. */
  FEED_FORWARD_NORM("ffn_norm", "post_attention_layernorm", "ffn_norm", HIDDEN),
  /** Before the feed-forward, where a norm stands behind attention too (Gemma 2). */
  PRE_FEED_FORWARD_NORM("ffn_norm", "pre_feedforward_layernorm", "ffn_norm", HIDDEN),
  /** Of what the feed-forward puts out, or of the sum with it. */
  POST_FEED_FORWARD_NORM("post_ffn_norm", "post_feedforward_layernorm", "post_ffw_norm", HIDDEN),
  FINAL_NORM("final_norm", "norm", "output_norm", HIDDEN),

  QUERY("q_proj", Component.ATTENTION, "self_attn.q_proj", "attn_q", QUERY_HEADS, HIDDEN),
  KEY("k_proj", Component.ATTENTION, "self_attn.k_proj", "attn_k", KEY_VALUE_HEADS, HIDDEN),
  VALUE("v_proj", Component.ATTENTION, "self_attn.v_proj", "attn_v", KEY_VALUE_HEADS, HIDDEN),
  ATTENTION_OUTPUT(
      "o_proj", Component.ATTENTION, "self_attn.o_proj", "attn_output", HIDDEN, QUERY_HEADS),
  QUERY_NORM("q_norm", "self_attn.q_norm", "attn_q_norm", HEAD),
  KEY_NORM("k_norm", "self_attn.k_norm", "attn_k_norm", HEAD),
  /** What a sigmoid of multiplies the attended values (Qwen3-Next). */
  ATTENTION_GATE(
      "attn_gate", Component.ATTENTION, "self_attn.gate_proj", "attn_gate", QUERY_HEADS, HIDDEN),
  /** Of the attended values, before their projection (BitNet b1.58). */
  ATTENDED_NORM("attn_sub_norm", "self_attn.attn_sub_norm", "attn_sub_norm", QUERY_HEADS),
  /** Each head's learned score of attending nothing (gpt-oss). */
  SINKS("sinks", Component.ATTENTION, "self_attn.sinks", "attn_sinks", QUERY_HEADS, ONE),

  // Latent attention (DeepSeek-V2): a projection to the latent, its norm, a projection from it.
  QUERY_DOWN("q_a_proj", Component.ATTENTION, "self_attn.q_a_proj", "attn_q_a", LATENT, HIDDEN),
  QUERY_LATENT_NORM("q_a_norm", "self_attn.q_a_layernorm", "attn_q_a_norm", LATENT),
  QUERY_UP("q_b_proj", Component.ATTENTION, "self_attn.q_b_proj", "attn_q_b", QUERY_HEADS, LATENT),
  KEY_VALUE_DOWN(
      "kv_a_proj",
      Component.ATTENTION,
      "self_attn.kv_a_proj_with_mqa",
      "attn_kv_a_mqa",
      LATENT,
      HIDDEN),
  KEY_VALUE_LATENT_NORM("kv_a_norm", "self_attn.kv_a_layernorm", "attn_kv_a_norm", LATENT),
  /** Hugging Face has both in one tensor, and so have older GGUF files, as {@code attn_kv_b}. */
  KEY_UP("k_b_proj", Component.ATTENTION, "self_attn.kv_b_proj", "attn_k_b", QUERY_HEADS, LATENT),
  VALUE_UP("v_b_proj", Component.ATTENTION, "self_attn.kv_b_proj", "attn_v_b", QUERY_HEADS, LATENT),

  // The indexer of sparse attention (DeepSeek-V3.2): queries of its own heads, one key for all.
  INDEX_QUERY(
      "indexer_q_proj", Component.ATTENTION, "self_attn.indexer.wq_b", "", QUERY_HEADS, LATENT),
  INDEX_KEY("indexer_k_proj", Component.ATTENTION, "self_attn.indexer.wk", "", HEAD, HIDDEN),
  INDEX_KEY_NORM("indexer_k_norm", "self_attn.indexer.k_norm", "", HEAD),
  INDEX_WEIGHTS(
      "indexer_weights",
      Component.ATTENTION,
      "self_attn.indexer.weights_proj",
      "",
      QUERY_HEADS,
      HIDDEN),

  // Recurrent mixers; the names are those of Mamba, whose parts most of them have.
  /** To all that the mixer works on in its own width. */
  MIXER_INPUT("in_proj", Component.RECURRENCE, "mixer.in_proj", "ssm_in", INNER, HIDDEN),
  MIXER_OUTPUT("out_proj", Component.RECURRENCE, "mixer.out_proj", "ssm_out", HIDDEN, INNER),
  MIXER_NORM("mixer_norm", "mixer.norm", "ssm_norm", INNER),
  /** The gate of the output, where it is a tensor of its own (MiniMax-01). */
  MIXER_GATE("output_gate", Component.RECURRENCE, "self_attn.output_gate", "", INNER, HIDDEN),
  /** The same through a rank (Kimi Linear). */
  MIXER_GATE_DOWN("g_a_proj", Component.RECURRENCE, "self_attn.g_a_proj", "ssm_g_a", INNER, HIDDEN),
  MIXER_GATE_UP("g_b_proj", Component.RECURRENCE, "self_attn.g_b_proj", "ssm_g_b", INNER, INNER),
  /** Taps of each channel's convolution, and its bias. */
  CONVOLUTION("conv1d", Component.RECURRENCE, "mixer.conv1d", "ssm_conv1d", INNER, ONE),
  /** The logarithm of how fast a state decays. */
  DECAY("A_log", Component.RECURRENCE, "mixer.A_log", "ssm_a", INNER, ONE),
  /** From a token's latent to the steps that decay is taken in; its bias, of the steps. */
  STEP("dt_proj", Component.RECURRENCE, "mixer.dt_proj", "ssm_dt", INNER, INNER),
  /** What each channel adds of itself to its output. */
  SKIP("D", Component.RECURRENCE, "mixer.D", "ssm_d", INNER, ONE),
  /** To the latent of the steps, and to B and C (Mamba). */
  SELECTION("x_proj", Component.RECURRENCE, "mixer.x_proj", "ssm_x", INNER, INNER),
  STEP_NORM("dt_norm", "mamba.dt_layernorm", "ssm_dt_norm", INNER),
  STATE_INPUT_NORM("b_norm", "mamba.b_layernorm", "ssm_b_norm", INNER),
  STATE_OUTPUT_NORM("c_norm", "mamba.c_layernorm", "ssm_c_norm", INNER),
  /** To each head's strength of correction, and to its decay where that is one number. */
  DELTA_GATES("ba_proj", Component.RECURRENCE, "linear_attn.in_proj_ba", "ssm_ba", INNER, HIDDEN),
  /** To decays of each channel, through a rank (Kimi Linear). */
  DECAY_DOWN("f_a_proj", Component.RECURRENCE, "self_attn.f_a_proj", "ssm_f_a", INNER, HIDDEN),
  DECAY_UP("f_b_proj", Component.RECURRENCE, "self_attn.f_b_proj", "ssm_f_b", INNER, INNER),

  FEED_FORWARD_GATE(
      "gate_proj", Component.FEED_FORWARD, "mlp.gate_proj", "ffn_gate", INTERMEDIATE, HIDDEN),
  FEED_FORWARD_UP("up_proj", Component.FEED_FORWARD, "mlp.up_proj", "ffn_up", INTERMEDIATE, HIDDEN),
  FEED_FORWARD_DOWN(
      "down_proj", Component.FEED_FORWARD, "mlp.down_proj", "ffn_down", HIDDEN, INTERMEDIATE),
  /** Of what the activation puts out (BitNet b1.58). */
  ACTIVATED_NORM("ffn_sub_norm", "mlp.ffn_sub_norm", "ffn_sub_norm", INTERMEDIATE),
  /** Numbers that an activation learns (xIELU). */
  ACTIVATION("activation", Component.FEED_FORWARD, "mlp.act_fn", "ffn_act", ONE, ONE),
  /** A score per expert. */
  ROUTER("router", Component.ROUTER, "mlp.gate", "ffn_gate_inp", EXPERTS, HIDDEN),
  /** What scales the shared expert (Qwen1.5-MoE). */
  SHARED_EXPERT_GATE(
      "shared_expert_gate",
      Component.ROUTER,
      "mlp.shared_expert_gate",
      "ffn_gate_inp_shexp",
      ONE,
      HIDDEN),

  // What layers do besides (Gemma 3n, Gemma 4).
  PER_LAYER_GATE(
      "per_layer_gate",
      Component.FEED_FORWARD,
      "per_layer_input_gate",
      "inp_gate",
      INTERMEDIATE,
      HIDDEN),
  PER_LAYER_PROJECTION(
      "per_layer_proj",
      Component.FEED_FORWARD,
      "per_layer_projection",
      "proj",
      HIDDEN,
      INTERMEDIATE),
  PER_LAYER_POST_NORM("per_layer_post_norm", "post_per_layer_input_norm", "post_norm", HIDDEN),
  LAYER_SCALE("layer_scale", "layer_scalar", "layer_output_scale", ONE),
  LAUREL_DOWN(
      "laurel_down", Component.FEED_FORWARD, "laurel.linear_left", "laurel_l", LATENT, HIDDEN),
  LAUREL_UP("laurel_up", Component.FEED_FORWARD, "laurel.linear_right", "laurel_r", HIDDEN, LATENT),
  LAUREL_NORM("laurel_norm", "laurel.post_laurel_norm", "laurel_post_norm", HIDDEN),
  ALTUP_ROUTER(
      "altup_router", Component.ROUTER, "altup.modality_router", "altup_router", ONE, HIDDEN),
  ALTUP_ROUTER_NORM("altup_router_norm", "altup.router_norm", "altup_router_norm", HIDDEN),
  ALTUP_PREDICTION(
      "altup_prediction",
      Component.ROUTER,
      "altup.prediction_coefs",
      "altup_predict_coef",
      ONE,
      ONE),
  ALTUP_CORRECTION(
      "altup_correction",
      Component.ROUTER,
      "altup.correction_coefs",
      "altup_correct_coef",
      ONE,
      ONE),
  ALTUP_SCALE(
      "altup_scale",
      Component.ROUTER,
      "altup.correct_output_scale",
      "altup_correct_scale",
      HIDDEN,
      ONE),
  EXPERTS_NORM("experts_norm", "pre_feedforward_layernorm_2", "pre_ffw_norm_2", HIDDEN),
  POST_EXPERTS_NORM("post_experts_norm", "post_feedforward_layernorm_2", "post_ffw_norm_2", HIDDEN),
  POST_SHARED_EXPERT_NORM(
      "post_shared_expert_norm", "post_feedforward_layernorm_1", "post_ffw_norm_1", HIDDEN),
  ROUTER_NORM("router_norm", "router.scale", "ffn_gate_inp.scale", HIDDEN),
  EXPERT_SCALES(
      "expert_scales", Component.ROUTER, "router.per_expert_scale", "ffn_exps.scale", EXPERTS, ONE),

  /** An output head of its own. */
  OUTPUT_HEAD("lm_head", Component.HEAD, "lm_head", "output", VOCABULARY, EMBEDDING_WIDTH),
  /** BERT's dense layer on the first row of a sequence. */
  POOLER("pooler", Component.HEAD, "pooler.dense", "", HIDDEN, HIDDEN),
  /** Joins two rows where further tokens are predicted (DeepSeek-V3). */
  NEXT_TOKEN_PROJECTION(
      "eh_proj", Component.FEED_FORWARD, "eh_proj", "nextn.eh_proj", HIDDEN, HIDDEN),
  NEXT_TOKEN_NORMS("mtp_norms", "", "", HIDDEN);

  private final String label;
  private final Component component;
  private final String huggingFaceName;
  private final String ggufName;
  private final TensorAxis outputs;
  private final TensorAxis inputs;

  TensorRole(
      String label,
      Component component,
      String huggingFaceName,
      String ggufName,
      TensorAxis outputs,
      TensorAxis inputs) {
    this.label = label;
    this.component = component;
    this.huggingFaceName = huggingFaceName;
    this.ggufName = ggufName;
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /** A norm's vector. */
  TensorRole(String label, String huggingFaceName, String ggufName, TensorAxis elements) {
    this(label, Component.NORMS, huggingFaceName, ggufName, elements, ONE);
  }

  /** What reports call it, such as {@code q_proj}. */
  public String label() {
    return label;
  }

  /** What reports count it under. */
  public Component component() {
    return component;
  }

  /**
   * Its name in a Hugging Face checkpoint, such as {@code self_attn.q_proj}: behind {@code
   * model.layers.N.} in a layer; otherwise behind {@code model.}, but for the output head.
   */
  public String huggingFaceName() {
    return huggingFaceName;
  }

  /** Its name in a GGUF file, such as {@code attn_q}: behind {@code blk.N.} in a layer. */
  public String ggufName() {
    return ggufName;
  }

  /** What its rows stand for, or a vector's elements. */
  public TensorAxis outputs() {
    return outputs;
  }

  /** What its columns stand for. */
  public TensorAxis inputs() {
    return inputs;
  }

  /** Whether a norm's weight. */
  public boolean isNorm() {
    return component == Component.NORMS;
  }
}
