package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.UniformDecoder;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes the {@code config.json} of a Hugging Face model folder. */
final class ConfigJson {
  // Where nothing is known of a vocabulary, Llama's, which are the defaults of transformers' class.
  private static final int BOS_TOKEN_ID = 1;
  private static final int EOS_TOKEN_ID = 2;

  private ConfigJson() {}

  /**
   * The config as text.
   *
   * @param target the folder, for messages
   * @param hasTokenizer whether a tokenizer stands beside it, whose files say how a text begins and
   *     ends
   * @throws InvalidInputException if {@code config.json} cannot say what the config says
   */
  static String of(String target, Architecture architecture, DType dtype, boolean hasTokenizer) {
    UniformDecoder sizes =
        UniformDecoder.of(architecture).orElseThrow(() -> inexpressible(target, architecture));
    GroupedQueryAttention attention = sizes.attention();
    ObjectNode json = JsonMapper.shared().createObjectNode();
    String type = architecture.modelType();
    json.putArray("architectures")
        .add(Character.toUpperCase(type.charAt(0)) + type.substring(1) + "ForCausalLM");
    json.put("model_type", type);
    json.put("vocab_size", architecture.embedding().vocabSize());
    json.put("hidden_size", architecture.hiddenSize());
    json.put("intermediate_size", sizes.feedForward().intermediateSize());
    json.put("num_hidden_layers", sizes.layers());
    json.put("num_attention_heads", attention.numAttentionHeads());
    json.put("num_key_value_heads", attention.numKeyValueHeads());
    json.put("head_dim", attention.headDim());
    json.put("max_position_embeddings", architecture.maxPositions());
    json.put("rms_norm_eps", architecture.numerics().normEpsilon());
    json.put("rope_theta", attention.rope().theta());
    putScaling(json, attention.rope().scaling());
    json.put("tie_word_embeddings", architecture.isTied());
    json.put("attention_bias", attention.outputBias());
    json.put("mlp_bias", sizes.feedForward().bias());
    putWindow(json, sizes);
    json.put("hidden_act", activation(sizes.feedForward().activation()));
    if (!hasTokenizer) {
      json.put("bos_token_id", BOS_TOKEN_ID);
      json.put("eos_token_id", EOS_TOKEN_ID);
    }
    String text = withDType(json, dtype);
    if (!ConfigReader.parse(target, text).equals(architecture)) {
      throw inexpressible(target, architecture);
    }
    return text;
  }

  /** By transformers' name; what has none is not read back as it was. */
  private static String activation(Activation activation) {
    return switch (activation) {
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_pytorch_tanh";
      default -> "silu";
    };
  }

  private static InvalidInputException inexpressible(String target, Architecture architecture) {
    return new InvalidInputException(
        target, "config.json cannot express this model: " + OneLine.of(architecture.toString()));
  }

  /** A config's text, with the dtype of the weights in the place of what it said of them. */
  static String withDType(ObjectNode config, DType dtype) {
    config.remove(IntegerFormat.CONFIG);
    config.remove("dtype"); // transformers 5 for torch_dtype
    config.put("torch_dtype", SafetensorsDType.of(dtype).torchName());
    return config.toPrettyString() + "\n";
  }

  /** A config's text that says how its linear layers are packed. */
  static String withIntegers(String config, ObjectNode quantization) {
    ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(config);
    json.set(IntegerFormat.CONFIG, quantization);
    return json.toPrettyString() + "\n";
  }

  private static void putScaling(ObjectNode json, RopeScaling scaling) {
    switch (scaling) {
      // Divisors have no spelling, and LongRoPE's families are not written; what is read back
      // differs.
      case RopeScaling.None _, RopeScaling.Divided _, RopeScaling.LongRope _ ->
          json.putNull("rope_scaling");
      case RopeScaling.Dynamic(double factor, int original) ->
          json.putObject("rope_scaling")
              .put("rope_type", "dynamic")
              .put("factor", factor)
              .put("original_max_position_embeddings", original);
      case RopeScaling.Yarn yarn ->
          json.putObject("rope_scaling")
              .put("rope_type", "yarn")
              .put("factor", yarn.factor())
              .put("original_max_position_embeddings", yarn.originalMaxPositionEmbeddings())
              .put("beta_fast", yarn.betaFast())
              .put("beta_slow", yarn.betaSlow())
              .put("attention_factor", yarn.attentionFactor())
              .put("truncate", yarn.isTruncated());
      case RopeScaling.Linear(double factor) ->
          json.putObject("rope_scaling").put("rope_type", "linear").put("factor", factor);
      case RopeScaling.Llama3(double factor, double low, double high, int original) ->
          json.putObject("rope_scaling")
              .put("rope_type", "llama3")
              .put("factor", factor)
              .put("low_freq_factor", low)
              .put("high_freq_factor", high)
              .put("original_max_position_embeddings", original);
    }
  }

  private static void putWindow(ObjectNode json, UniformDecoder sizes) {
    if (sizes.slidingWindow() > 0) {
      json.put("use_sliding_window", true);
      json.put("sliding_window", sizes.slidingWindow());
      json.put("max_window_layers", sizes.firstSlidingLayer());
    } else {
      json.put("use_sliding_window", false);
      json.putNull("sliding_window");
    }
  }
}
