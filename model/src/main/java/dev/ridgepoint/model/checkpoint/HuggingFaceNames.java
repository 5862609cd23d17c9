package dev.ridgepoint.model.checkpoint;

import static dev.ridgepoint.estimator.architecture.TensorRole.ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.ATTENTION_OUTPUT;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_GATE;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.FEED_FORWARD_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.FINAL_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY;
import static dev.ridgepoint.estimator.architecture.TensorRole.OUTPUT_HEAD;
import static dev.ridgepoint.estimator.architecture.TensorRole.POSITION_EMBEDDING;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_ATTENTION_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_FEED_FORWARD_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.PRE_FEED_FORWARD_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY;
import static dev.ridgepoint.estimator.architecture.TensorRole.ROUTER;
import static dev.ridgepoint.estimator.architecture.TensorRole.SINKS;
import static dev.ridgepoint.estimator.architecture.TensorRole.TOKEN_EMBEDDING;
import static dev.ridgepoint.estimator.architecture.TensorRole.VALUE;

import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.operation.Operation;
import java.util.Map;

/**
 * What the Hugging Face checkpoints of a family call their tensors, and how they store them, as far
 * as they differ from Llama's. Roles of one name share a tensor.
 *
 * @param stem what the names begin with, but for the output head's
 * @param headStem what the output head's name begins with
 * @param layers what follows in a layer's, before its number
 * @param own names that are not Llama's
 * @param experts how those of routed experts are stored
 * @param sharedExpert what stands before those of the shared expert
 * @param isTransposed whether the matrices of layers are [inputs, outputs]
 * @param isJoinedByHead whether joined queries, keys and values stand together for each head
 * @param rotatesNeighbours whether rotary embeddings turn elements 2i and 2i + 1 of a head
 */
record HuggingFaceNames(
    String stem,
    String headStem,
    String layers,
    Map<TensorRole, String> own,
    HuggingFaceExperts experts,
    String sharedExpert,
    boolean isTransposed,
    boolean isJoinedByHead,
    boolean rotatesNeighbours) {
  /** Those of Llama and of most families. */
  static final HuggingFaceNames LLAMA = ofLlama(Map.of());

  /** {@code Conv1D}'s weights are transposed. */
  private static final HuggingFaceNames GPT2 =
      new HuggingFaceNames(
          "transformer.",
          "",
          "h.",
          Map.ofEntries(
              Map.entry(TOKEN_EMBEDDING, "wte"),
              Map.entry(POSITION_EMBEDDING, "wpe"),
              Map.entry(ATTENTION_NORM, "ln_1"),
              Map.entry(FEED_FORWARD_NORM, "ln_2"),
              Map.entry(FINAL_NORM, "ln_f"),
              Map.entry(QUERY, "attn.c_attn"),
              Map.entry(KEY, "attn.c_attn"),
              Map.entry(VALUE, "attn.c_attn"),
              Map.entry(ATTENTION_OUTPUT, "attn.c_proj"),
              Map.entry(FEED_FORWARD_UP, "mlp.c_fc"),
              Map.entry(FEED_FORWARD_DOWN, "mlp.c_proj")),
          HuggingFaceExperts.ALONE,
          "shared_expert",
          true,
          false,
          false);

  private static final HuggingFaceNames GPT_NEOX =
      new HuggingFaceNames(
          "gpt_neox.",
          "",
          "layers.",
          Map.of(
              TOKEN_EMBEDDING, "embed_in",
              OUTPUT_HEAD, "embed_out",
              FINAL_NORM, "final_layer_norm",
              QUERY, "attention.query_key_value",
              KEY, "attention.query_key_value",
              VALUE, "attention.query_key_value",
              ATTENTION_OUTPUT, "attention.dense",
              FEED_FORWARD_UP, "mlp.dense_h_to_4h",
              FEED_FORWARD_DOWN, "mlp.dense_4h_to_h"),
          HuggingFaceExperts.ALONE,
          "shared_expert",
          false,
          true,
          false);

  private static final HuggingFaceNames STARCODER2 =
      ofLlama(Map.of(FEED_FORWARD_UP, "mlp.c_fc", FEED_FORWARD_DOWN, "mlp.c_proj"));

  private static final HuggingFaceNames PHI3 =
      ofLlama(
          Map.of(
              QUERY, "self_attn.qkv_proj",
              KEY, "self_attn.qkv_proj",
              VALUE, "self_attn.qkv_proj",
              FEED_FORWARD_GATE, "mlp.gate_up_proj",
              FEED_FORWARD_UP, "mlp.gate_up_proj"));

  private static final HuggingFaceNames GLM4 =
      new HuggingFaceNames(
          LLAMA.stem,
          LLAMA.headStem,
          LLAMA.layers,
          Map.of(
              FEED_FORWARD_GATE, "mlp.gate_up_proj",
              FEED_FORWARD_UP, "mlp.gate_up_proj",
              POST_ATTENTION_NORM, "post_self_attn_layernorm",
              PRE_FEED_FORWARD_NORM, "post_attention_layernorm",
              POST_FEED_FORWARD_NORM, "post_mlp_layernorm"),
          HuggingFaceExperts.ALONE,
          "shared_expert",
          false,
          false,
          true);

  private static final HuggingFaceNames MIXTRAL =
      ofLlama(Map.of(ROUTER, "block_sparse_moe.gate"), HuggingFaceExperts.MIXTRAL, "shared_expert");

  private static final HuggingFaceNames GRANITE_MOE =
      ofLlama(
          Map.of(ROUTER, "block_sparse_moe.router.layer"),
          HuggingFaceExperts.GRANITE,
          "shared_expert");

  private static final HuggingFaceNames GPT_OSS =
      ofLlama(Map.of(ROUTER, "mlp.router"), HuggingFaceExperts.GPT_OSS, "shared_expert");

  private static final HuggingFaceNames DEEPSEEK =
      ofLlama(Map.of(), HuggingFaceExperts.ALONE, "shared_experts");

  private static final HuggingFaceNames LATENT_DEEPSEEK =
      new HuggingFaceNames(
          LLAMA.stem,
          LLAMA.headStem,
          LLAMA.layers,
          Map.of(),
          HuggingFaceExperts.ALONE,
          DEEPSEEK.sharedExpert,
          false,
          false,
          true);

  private static HuggingFaceNames ofLlama(Map<TensorRole, String> own) {
    return ofLlama(own, HuggingFaceExperts.ALONE, "shared_expert");
  }

  private static HuggingFaceNames ofLlama(
      Map<TensorRole, String> own, HuggingFaceExperts experts, String sharedExpert) {
    return new HuggingFaceNames(
        "model.", "", "layers.", own, experts, sharedExpert, false, false, false);
  }

  /** Those of a {@code model_type}. */
  static HuggingFaceNames of(String modelType) {
    return switch (modelType) {
      case "gpt2" -> GPT2;
      case "gpt_neox" -> GPT_NEOX;
      case "starcoder2" -> STARCODER2;
      case "phi3" -> PHI3;
      case "glm4" -> GLM4;
      case "mixtral" -> MIXTRAL;
      case "granitemoe" -> GRANITE_MOE;
      case "gpt_oss" -> GPT_OSS;
      case "deepseek_v2", "deepseek_v3" -> LATENT_DEEPSEEK;
      case "glm4_moe" -> DEEPSEEK;
      default -> LLAMA;
    };
  }

  /** The same where another class was saved. */
  HuggingFaceNames withStems(String other, String otherOfHead) {
    return new HuggingFaceNames(
        other,
        otherOfHead,
        layers,
        own,
        experts,
        sharedExpert,
        isTransposed,
        isJoinedByHead,
        rotatesNeighbours);
  }

  /** Whether they are Llama's, and nothing is stored in another way. */
  boolean areLlamas() {
    return equals(LLAMA);
  }

  /** Whether the tensor of a role holds others besides. */
  boolean isJoined(TensorRole role) {
    return switch (role) {
      case QUERY, KEY, VALUE -> name(QUERY).equals(name(KEY));
      case FEED_FORWARD_GATE, FEED_FORWARD_UP ->
          name(FEED_FORWARD_GATE).equals(name(FEED_FORWARD_UP));
      default -> false;
    };
  }

  /** The name of a tensor in a file. */
  String name(TensorSpec spec) {
    String place =
        spec.layer() != Operation.NO_LAYER
            ? stem + layers + spec.layer() + "."
            : spec.role() == OUTPUT_HEAD ? headStem : stem;
    return place + nameInPlace(spec);
  }

  private String nameInPlace(TensorSpec spec) {
    if (spec.owner() == Owner.EXPERT) {
      return experts.name(spec);
    }
    if (spec.role() == SINKS) {
      return name(SINKS);
    }
    if (spec.role() == ROUTER && spec.part() == Part.BIAS && !own.containsKey(ROUTER)) {
      // Where the matrix has Llama's name, what is added is a correction of the choice.
      return name(ROUTER) + ".e_score_correction_bias";
    }
    String name = name(spec.role()) + spec.suffix();
    return spec.owner() == Owner.SHARED_EXPERT
        ? name.replaceFirst("mlp", "mlp." + sharedExpert)
        : name;
  }

  private String name(TensorRole role) {
    return own.getOrDefault(role, role.huggingFaceName());
  }
}
