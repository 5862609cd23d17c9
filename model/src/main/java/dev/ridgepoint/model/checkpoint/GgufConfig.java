package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.UniformDecoder;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a model's architecture from the metadata of a GGUF file. Absent keys take the defaults of
 * llama.cpp ({@code src/llama-model.cpp}). What is not among the keys is told by the tensors: the
 * output head is the embedding where there is no {@code output.weight}, and there are biases where
 * the first block has them. What would change the result and is not supported is refused by name,
 * never ignored.
 */
final class GgufConfig {
  private static final double DEFAULT_FREQ_BASE = 10_000;
  private static final List<String> VOCABULARIES =
      List.of("llama", "gpt2", "bert", "t5", "rwkv", "plamo2", "none", "no_vocab");

  private final TensorFiles files;
  private final GgufFields fields;
  private final GgufArchitecture architecture;
  private final GgufKeys keys;

  private GgufConfig(TensorFiles files, GgufHeader header) {
    this.files = files;
    fields = new GgufFields(header);
    String name = fields.requiredText(GgufKeys.ARCHITECTURE);
    architecture =
        GgufArchitecture.named(name)
            .orElseThrow(
                () ->
                    fields.invalid(
                        GgufKeys.ARCHITECTURE,
                        "is %s, which is not supported; supported are %s"
                            .formatted(OneLine.quote(name), GgufArchitecture.labels())));
    keys = architecture.keys();
  }

  /**
   * The architecture in the files of a model, of which nothing but the headers is read.
   *
   * @throws InvalidInputException if they hold no supported model
   */
  static Architecture of(TensorFiles files) {
    if (!(files.header() instanceof GgufHeader header)) {
      throw new InvalidInputException(files.header().source(), "is no GGUF file");
    }
    return new GgufConfig(files, header).architecture();
  }

  /** How a file with this architecture orders rows. */
  static GgufLayout layout(Architecture architecture) {
    GgufArchitecture name =
        GgufArchitecture.ofModelType(architecture.modelType())
            .orElseThrow(() -> new IllegalArgumentException(architecture.modelType()));
    return new GgufLayout(
        name, UniformDecoder.of(architecture).orElseThrow().attention().headDim());
  }

  private Architecture architecture() {
    refuseUnsupported();
    int vocabSize = vocabSize();
    requireVocabulary(vocabSize);
    int headDim =
        headDim(fields.requiredInt(keys.embeddingLength()), fields.requiredInt(keys.headCount()));
    Architecture read = ConfigReader.of(files.header().source(), config(vocabSize, headDim));
    Stack decoder = read.decoder().orElseThrow();
    List<Layer> layers = decoder.layers().stream().map(layer -> asInFile(layer, headDim)).toList();
    return read.withDecoder(new Stack(layers, decoder.finalNorm()));
  }

  /** What {@code config.json} would say; the families' reader does the rest. */
  private ObjectNode config(int vocabSize, int headDim) {
    int headCount = fields.requiredInt(keys.headCount());
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("model_type", architecture.label());
    config.put("vocab_size", vocabSize);
    config.put("hidden_size", fields.requiredInt(keys.embeddingLength()));
    config.put("intermediate_size", fields.requiredInt(keys.feedForwardLength()));
    config.put("num_hidden_layers", fields.requiredInt(keys.blockCount()));
    config.put("num_attention_heads", headCount);
    config.put("num_key_value_heads", fields.optionalInt(keys.headCountKv()).orElse(headCount));
    config.put("head_dim", headDim);
    config.put("max_position_embeddings", fields.requiredBound(keys.contextLength()));
    config.put("rms_norm_eps", fields.requiredDouble(keys.rmsEpsilon()));
    config.put("rope_theta", fields.doubleOr(keys.ropeFreqBase(), DEFAULT_FREQ_BASE));
    config.put("tie_word_embeddings", !has("output.weight"));
    return config;
  }

  /** With the biases that the first block has, and the rotary divisors that stand in a tensor. */
  private Layer asInFile(Layer layer, int headDim) {
    GroupedQueryAttention attention = (GroupedQueryAttention) layer.attention();
    Rope rope = attention.rope();
    DenseFeedForward feedForward = (DenseFeedForward) layer.feedForward();
    return new Layer(
        new GroupedQueryAttention(
            attention.numAttentionHeads(),
            attention.numKeyValueHeads(),
            attention.headDim(),
            has("blk.0.attn_q.bias"),
            has("blk.0.attn_output.bias"),
            attention.queryKeyNorm(),
            new Rope(rope.dim(), rope.theta(), ropeScaling(headDim)),
            attention.scoreScale(),
            attention.scoreTerms(),
            attention.span()),
        new DenseFeedForward(
            feedForward.intermediateSize(),
            feedForward.isGated(),
            feedForward.activation(),
            has("blk.0.ffn_gate.bias")),
        layer.norms());
  }

  private boolean has(String tensor) {
    return files.info(tensor).isPresent();
  }

  private void refuseUnsupported() {
    for (String key : List.of(keys.expertCount(), keys.slidingWindow())) {
      OptionalInt value = fields.optionalInt(key);
      if (value.orElse(0) != 0) {
        throw fields.invalid(
            key, String.format(Locale.ROOT, "is %d, which is not supported", value.getAsInt()));
      }
    }
    for (String tensor : List.of("rope_factors_long.weight", "rope_factors_short.weight")) {
      if (has(tensor)) {
        throw new InvalidInputException(
            files.header().source(), "tensor \"%s\" is not supported".formatted(tensor));
      }
    }
  }

  private int vocabSize() {
    OptionalInt given = fields.optionalInt(keys.vocabSize());
    if (given.isPresent()) {
      return given.getAsInt();
    }
    return files
        .info("token_embd.weight")
        .filter(embedding -> embedding.shape().size() == 2)
        .map(embedding -> (int) Math.min(Integer.MAX_VALUE, embedding.shape().getFirst()))
        .orElseThrow(
            () ->
                new InvalidInputException(
                    files.header().source(),
                    "there is neither key \"%s\" nor a matrix \"token_embd.weight\""
                        .formatted(keys.vocabSize())));
  }

  /** Tokens are not used here, but a list that does not fit shows that the file is damaged. */
  private void requireVocabulary(int vocabSize) {
    String model = fields.requiredText(GgufKeys.TOKENIZER_MODEL);
    if (!VOCABULARIES.contains(model)) {
      throw fields.invalid(
          GgufKeys.TOKENIZER_MODEL,
          "is %s, which is unknown; known are %s"
              .formatted(OneLine.quote(model), String.join(", ", VOCABULARIES)));
    }
    requireCount(GgufKeys.TOKENS, GgufValueType.STRING, vocabSize);
    requireCount(GgufKeys.SCORES, GgufValueType.FLOAT32, vocabSize);
    requireCount(GgufKeys.TOKEN_TYPES, GgufValueType.INT32, vocabSize);
  }

  private void requireCount(String key, GgufValueType elementType, int vocabSize) {
    fields
        .count(key, elementType)
        .filter(count -> count != vocabSize)
        .ifPresent(
            count -> {
              throw fields.invalid(
                  key,
                  String.format(
                      Locale.ROOT, "has %d entries, but the vocabulary %d", count, vocabSize));
            });
  }

  private int headDim(int embeddingLength, int headCount) {
    OptionalInt keyLength = fields.optionalInt(keys.keyLength());
    if (keyLength.isEmpty() && (headCount == 0 || embeddingLength % headCount != 0)) {
      throw fields.invalid(
          keys.headCount(),
          String.format(
              Locale.ROOT,
              "is %d, of which \"%s\" %d is no multiple",
              headCount,
              keys.embeddingLength(),
              embeddingLength));
    }
    int headDim = keyLength.orElseGet(() -> embeddingLength / headCount);
    requireHeadDim(keys.valueLength(), headDim);
    requireHeadDim(keys.ropeDimensionCount(), headDim);
    return headDim;
  }

  private void requireHeadDim(String key, int headDim) {
    int value = fields.optionalInt(key).orElse(headDim);
    if (value != headDim) {
      throw fields.invalid(
          key,
          String.format(Locale.ROOT, "must be %d as a head's keys, but is %d", headDim, value));
    }
  }

  private RopeScaling ropeScaling(int headDim) {
    String type = fields.text(keys.ropeScalingType()).orElse("none");
    double factor =
        fields.doubleOr(keys.ropeScalingFactor(), fields.doubleOr(keys.ropeScaleLinear(), 1));
    Optional<TensorInfo> divisors = files.info(GgufLayout.ROPE_DIVISORS);
    boolean linear =
        switch (type) {
          case "none" -> false;
          case "linear" -> factor != 1;
          default ->
              throw fields.invalid(
                  keys.ropeScalingType(),
                  "is %s, which is not supported; supported are none, linear"
                      .formatted(OneLine.quote(type)));
        };
    if (divisors.isEmpty()) {
      return linear ? new RopeScaling.Linear(factor) : new RopeScaling.None();
    }
    List<Long> shape = List.of(headDim / 2L);
    if (linear || !divisors.get().shape().equals(shape)) {
      throw new InvalidInputException(
          files.header().source(),
          String.format(
              Locale.ROOT,
              "tensor \"%s\" has shape %s, but %s and no other scaling is supported",
              GgufLayout.ROPE_DIVISORS,
              divisors.get().shape(),
              shape));
    }
    Tensor values = files.tensor(GgufLayout.ROPE_DIVISORS, shape).orElseThrow();
    return new RopeScaling.Divided(
        IntStream.range(0, headDim / 2).mapToObj(i -> (double) values.get(i)).toList());
  }
}
