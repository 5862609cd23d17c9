package dev.ridgepoint.estimator.architecture;

import static dev.ridgepoint.estimator.architecture.TensorAxis.EMBEDDING_WIDTH;
import static dev.ridgepoint.estimator.architecture.TensorAxis.EXPERTS;
import static dev.ridgepoint.estimator.architecture.TensorAxis.HEAD;
import static dev.ridgepoint.estimator.architecture.TensorAxis.HIDDEN;
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
  KEY_VALUE_UP(
      "kv_b_proj", Component.ATTENTION, "self_attn.kv_b_proj", "attn_kv_b", QUERY_HEADS, LATENT),

  FEED_FORWARD_GATE(
      "gate_proj", Component.FEED_FORWARD, "mlp.gate_proj", "ffn_gate", INTERMEDIATE, HIDDEN),
  FEED_FORWARD_UP("up_proj", Component.FEED_FORWARD, "mlp.up_proj", "ffn_up", INTERMEDIATE, HIDDEN),
  FEED_FORWARD_DOWN(
      "down_proj", Component.FEED_FORWARD, "mlp.down_proj", "ffn_down", HIDDEN, INTERMEDIATE),
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
