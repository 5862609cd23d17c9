package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.TensorRole;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * An architecture of GGUF that a decoder can be built for: a row of {@link GgufArchitectures}.
 *
 * @param label the name in {@code general.architecture}
 * @param modelTypes the {@code model_type} that its files are read as, and others in Hugging Face
 *     configs that it holds, too
 * @param config what such a config says in a way of its own
 * @param layers in what layers differ
 */
record GgufArchitecture(
    String label, List<String> modelTypes, Config config, Layers layers, Set<Trait> traits) {

  /**
   * Of a Hugging Face config.
   *
   * @param hasLayerNorms whether the norms are layer norms, not RMS norms
   * @param epsilonField the epsilon of the norms; empty if it has none
   * @param expertsField the number of experts; empty if there are none
   * @param ownFields adds what other families have not, or call otherwise
   */
  record Config(
      boolean hasLayerNorms,
      String epsilonField,
      String expertsField,
      BiConsumer<GgufFamilyConfig, ObjectNode> ownFields) {}

  /**
   * What no key says of layers, whose numbers begin at 0.
   *
   * @param slide which see a window, where the file names one
   * @param rotate which have rotary positions
   * @param ofLargest how many Gemma's largest model has, by which llama.cpp knows it; or 0
   */
  record Layers(IntPredicate slide, IntPredicate rotate, int ofLargest) {}

  /** What some have, and others not. */
  enum Trait {
    /** Queries, keys and values may have biases. */
    QUERY_BIASES,
    /** All projections may have biases. */
    BIASES,
    /** A router's biases are added to its scores. Elsewhere they correct the choice alone. */
    ROUTER_BIASES,
    /** Queries and keys may be normalised. */
    QUERY_KEY_NORMS,
    /** Keys and values are made of latents. */
    LATENTS,
    /** Queries, keys and values are one tensor. */
    JOINED_ATTENTION,
    /** Gate and up projection are one tensor. */
    JOINED_FEED_FORWARD,
    /** The feed-forward's norm is called by what stands before it. */
    POST_ATTENTION_NORM,
    /** Keys scale scores, embeddings, residuals and logits. */
    SCALES,
    /** A key says whether attention and feed-forward are parallel. */
    PARALLEL_RESIDUALS,
    /** Experts as DeepSeek's: in groups, beside shared ones, behind dense first layers. */
    EXPERT_GROUPS,
    /**
     * Rotary embeddings turn neighbours, elements 2i and 2i+1 of a head, and not elements i and i +
     * rotaryDim/2. Queries and keys are in another order then.
     */
    ROTATED_NEIGHBOURS,
    /** Rotary embeddings may turn a part of a head. */
    ROTATED_PART,
    /** The keys of rotary positions do not speak of layers that see a window. */
    POSITIONS_PER_WINDOW,
    /** Files are published with bounds of YaRN's ramp that llama.cpp rounds. */
    ROUNDED_YARN
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }

  String modelType() {
    return modelTypes.getFirst();
  }

  GgufKeys keys() {
    return new GgufKeys(label);
  }

  /** Whether its files may have experts. */
  boolean mayHaveExperts() {
    return !config.expertsField.isEmpty();
  }

  /** Whether its layers may see a window. */
  boolean mayHaveWindow() {
    return layers.slide.test(0);
  }

  /** Whether queries, keys and values may have biases. */
  boolean mayHaveQueryBias() {
    return has(Trait.BIASES) || has(Trait.QUERY_BIASES);
  }

  /**
   * Of what a score is divided by the root of: the elements of a head, but of the layers of Gemma's
   * largest models the hidden size for each head.
   */
  double scoreDivisorSquared(int numLayers, int headDim, int hiddenSize, int heads) {
    return numLayers == layers.ofLargest ? (double) hiddenSize / heads : headDim;
  }

  /** Whether the tensor of a role holds others besides. */
  boolean isJoined(TensorRole role) {
    return switch (role) {
      case QUERY, KEY, VALUE -> has(Trait.JOINED_ATTENTION);
      case FEED_FORWARD_GATE, FEED_FORWARD_UP -> has(Trait.JOINED_FEED_FORWARD);
      default -> false;
    };
  }

  /** What a tensor is called, without the number of its layer. */
  String tensorName(TensorRole role) {
    return switch (role) {
      case QUERY, KEY, VALUE -> isJoined(role) ? "attn_qkv" : role.ggufName();
      case FEED_FORWARD_NORM ->
          has(Trait.POST_ATTENTION_NORM) ? "post_attention_norm" : role.ggufName();
      case FEED_FORWARD_GATE -> isJoined(role) ? "ffn_up" : role.ggufName();
      default -> role.ggufName();
    };
  }
}
