package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.config.ModelConfig;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which tensors a Hugging Face checkpoint of the Llama, Mistral, Qwen2 and Qwen3 families has: the
 * one place of their names and shapes. With h = hiddenSize, a = numAttentionHeads, k =
 * numKeyValueHeads, d = headDim, I = intermediateSize and V = vocabSize; matrices are [outputs,
 * inputs].
 *
 * <p>The config decides what is needed. What a file holds beyond that is ignored, as Hugging Face
 * does: buffers such as {@code rotary_emb.inv_freq}, biases that the config does not announce, and
 * an {@code lm_head.weight} when {@code tie_word_embeddings} is true.
 *
 * @param config the architecture
 */
public record CheckpointLayout(ModelConfig config) {

  /** {@code model.embed_tokens.weight} [V, h]. */
  public TensorSpec embedding() {
    return TensorSpec.matrix("model.embed_tokens.weight", config.vocabSize(), config.hiddenSize());
  }

  /** {@code model.norm.weight} [h]. */
  public TensorSpec finalNorm() {
    return TensorSpec.vector("model.norm.weight", config.hiddenSize());
  }

  /** {@code lm_head.weight} [V, h], or the {@link #embedding} when the two are tied. */
  public TensorSpec lmHead() {
    return config.tieWordEmbeddings()
        ? embedding()
        : TensorSpec.matrix("lm_head.weight", config.vocabSize(), config.hiddenSize());
  }

  /** {@code input_layernorm.weight} [h]. */
  public TensorSpec attentionNorm(int layer) {
    return TensorSpec.vector(name(layer, "input_layernorm.weight"), config.hiddenSize());
  }

  /** {@code self_attn.q_proj.weight} [a*d, h]. */
  public TensorSpec query(int layer) {
    return TensorSpec.matrix(
        name(layer, "self_attn.q_proj.weight"), queryWidth(), config.hiddenSize());
  }

  /** {@code self_attn.k_proj.weight} [k*d, h]. */
  public TensorSpec key(int layer) {
    return TensorSpec.matrix(
        name(layer, "self_attn.k_proj.weight"), keyValueWidth(), config.hiddenSize());
  }

  /** {@code self_attn.v_proj.weight} [k*d, h]. */
  public TensorSpec value(int layer) {
    return TensorSpec.matrix(
        name(layer, "self_attn.v_proj.weight"), keyValueWidth(), config.hiddenSize());
  }

  /** {@code self_attn.o_proj.weight} [h, a*d]. */
  public TensorSpec output(int layer) {
    return TensorSpec.matrix(
        name(layer, "self_attn.o_proj.weight"), config.hiddenSize(), queryWidth());
  }

  /** {@code self_attn.q_proj.bias} [a*d], with {@code qkvBias}. */
  public Optional<TensorSpec> queryBias(int layer) {
    return vectorIf(config.qkvBias(), layer, "self_attn.q_proj.bias", queryWidth());
  }

  /** {@code self_attn.k_proj.bias} [k*d], with {@code qkvBias}. */
  public Optional<TensorSpec> keyBias(int layer) {
    return vectorIf(config.qkvBias(), layer, "self_attn.k_proj.bias", keyValueWidth());
  }

  /** {@code self_attn.v_proj.bias} [k*d], with {@code qkvBias}. */
  public Optional<TensorSpec> valueBias(int layer) {
    return vectorIf(config.qkvBias(), layer, "self_attn.v_proj.bias", keyValueWidth());
  }

  /** {@code self_attn.o_proj.bias} [h], with {@code outputBias}. */
  public Optional<TensorSpec> outputBias(int layer) {
    return vectorIf(config.outputBias(), layer, "self_attn.o_proj.bias", config.hiddenSize());
  }

  /** {@code self_attn.q_norm.weight} [d], with {@code qkNorm}. */
  public Optional<TensorSpec> queryNorm(int layer) {
    return vectorIf(config.qkNorm(), layer, "self_attn.q_norm.weight", config.headDim());
  }

  /** {@code self_attn.k_norm.weight} [d], with {@code qkNorm}. */
  public Optional<TensorSpec> keyNorm(int layer) {
    return vectorIf(config.qkNorm(), layer, "self_attn.k_norm.weight", config.headDim());
  }

  /** {@code post_attention_layernorm.weight} [h]. */
  public TensorSpec ffnNorm(int layer) {
    return TensorSpec.vector(name(layer, "post_attention_layernorm.weight"), config.hiddenSize());
  }

  /** {@code mlp.gate_proj.weight} [I, h]. */
  public TensorSpec gate(int layer) {
    return TensorSpec.matrix(
        name(layer, "mlp.gate_proj.weight"), config.intermediateSize(), config.hiddenSize());
  }

  /** {@code mlp.up_proj.weight} [I, h]. */
  public TensorSpec up(int layer) {
    return TensorSpec.matrix(
        name(layer, "mlp.up_proj.weight"), config.intermediateSize(), config.hiddenSize());
  }

  /** {@code mlp.down_proj.weight} [h, I]. */
  public TensorSpec down(int layer) {
    return TensorSpec.matrix(
        name(layer, "mlp.down_proj.weight"), config.hiddenSize(), config.intermediateSize());
  }

  /** {@code mlp.gate_proj.bias} [I], with {@code mlpBias}. */
  public Optional<TensorSpec> gateBias(int layer) {
    return vectorIf(config.mlpBias(), layer, "mlp.gate_proj.bias", config.intermediateSize());
  }

  /** {@code mlp.up_proj.bias} [I], with {@code mlpBias}. */
  public Optional<TensorSpec> upBias(int layer) {
    return vectorIf(config.mlpBias(), layer, "mlp.up_proj.bias", config.intermediateSize());
  }

  /** {@code mlp.down_proj.bias} [h], with {@code mlpBias}. */
  public Optional<TensorSpec> downBias(int layer) {
    return vectorIf(config.mlpBias(), layer, "mlp.down_proj.bias", config.hiddenSize());
  }

  /** Every tensor needed, each once; lazily, since a config may announce any number of layers. */
  public Stream<TensorSpec> tensors() {
    Stream<TensorSpec> head = config.tieWordEmbeddings() ? Stream.empty() : Stream.of(lmHead());
    Stream<TensorSpec> layers =
        IntStream.range(0, config.numHiddenLayers()).boxed().flatMap(this::layer);
    return Stream.of(Stream.of(embedding(), finalNorm()), head, layers).flatMap(part -> part);
  }

  private Stream<TensorSpec> layer(int layer) {
    Stream<TensorSpec> always =
        Stream.of(
            attentionNorm(layer),
            query(layer),
            key(layer),
            value(layer),
            output(layer),
            ffnNorm(layer),
            gate(layer),
            up(layer),
            down(layer));
    Stream<Optional<TensorSpec>> optional =
        Stream.of(
            queryBias(layer),
            keyBias(layer),
            valueBias(layer),
            outputBias(layer),
            queryNorm(layer),
            keyNorm(layer),
            gateBias(layer),
            upBias(layer),
            downBias(layer));
    return Stream.concat(always, optional.flatMap(Optional::stream));
  }

  private Optional<TensorSpec> vectorIf(boolean present, int layer, String suffix, long size) {
    return present ? Optional.of(TensorSpec.vector(name(layer, suffix), size)) : Optional.empty();
  }

  private static String name(int layer, String suffix) {
    return "model.layers." + layer + "." + suffix;
  }

  private long queryWidth() {
    return (long) config.numAttentionHeads() * config.headDim();
  }

  private long keyValueWidth() {
    return (long) config.numKeyValueHeads() * config.headDim();
  }
}
