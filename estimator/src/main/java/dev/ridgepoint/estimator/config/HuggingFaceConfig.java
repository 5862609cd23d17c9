package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the {@code config.json} of a Hugging Face model folder.
 *
 * <p>Absent fields take the defaults of the family's configuration class in the transformers
 * library ({@code models/<family>/configuration_<family>.py}), and {@code null} stands for absent,
 * with these exceptions. The sizes that shape the weights must be given; only {@code
 * num_key_value_heads} and {@code head_dim} may be left out, and then mean {@code
 * num_attention_heads} and {@code hidden_size / num_attention_heads}. A {@code sliding_window} of
 * {@code null} means none.
 *
 * <p>Each family reads the fields that its class reads there, and no others. What would change the
 * result and is not supported (another activation, RoPE type, quantisation, pattern of sliding
 * layers) is refused by name, never ignored.
 */
public final class HuggingFaceConfig {
  private static final double DEFAULT_RMS_NORM_EPS = 1e-6;
  private static final int DEFAULT_SLIDING_WINDOW = 4_096;
  private static final int DEFAULT_MAX_WINDOW_LAYERS = 28;

  private enum Family {
    LLAMA(2_048),
    MISTRAL(131_072),
    QWEN2(32_768),
    QWEN3(32_768);

    private final String modelType = name().toLowerCase(Locale.ROOT);
    private final int defaultMaxPositionEmbeddings;

    Family(int defaultMaxPositionEmbeddings) {
      this.defaultMaxPositionEmbeddings = defaultMaxPositionEmbeddings;
    }

    static Family of(JsonFields json) {
      String modelType = json.requiredString("model_type");
      return Arrays.stream(values())
          .filter(family -> family.modelType.equals(modelType))
          .findFirst()
          .orElseThrow(
              () ->
                  json.invalid(
                      "model_type",
                      "\"%s\" is not supported; supported are %s"
                          .formatted(
                              StrictJson.cut(modelType),
                              Arrays.stream(values())
                                  .map(family -> family.modelType)
                                  .collect(Collectors.joining(", ")))));
    }
  }

  /** Window 0 if no layer slides. */
  private record Sliding(int window, int firstLayer) {
    static final Sliding NONE = new Sliding(0, 0);
  }

  private HuggingFaceConfig() {}

  /** The values of {@code model_type} that can be read. */
  public static Set<String> supported() {
    return Arrays.stream(Family.values())
        .map(family -> family.modelType)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The {@code model_type} in a file, or in the {@code config.json} of a folder, supported or not.
   *
   * @throws InvalidInputException one line with file, field and value
   */
  public static String modelType(Path configOrFolder) {
    return fields(configOrFolder).requiredString("model_type");
  }

  /**
   * The configuration in a file, or in the {@code config.json} of a folder.
   *
   * @throws InvalidInputException one line with file, field and value
   */
  public static ModelConfig read(Path configOrFolder) {
    return of(fields(configOrFolder));
  }

  private static JsonFields fields(Path configOrFolder) {
    Path file =
        Files.isDirectory(configOrFolder) ? configOrFolder.resolve("config.json") : configOrFolder;
    return new JsonFields(file.toString(), StrictJson.readObject(file));
  }

  /**
   * The configuration in a text.
   *
   * @param source what to call the text in messages
   * @throws InvalidInputException one line with source, field and value
   */
  public static ModelConfig parse(String source, String json) {
    return of(new JsonFields(source, StrictJson.parseObject(source, json)));
  }

  private static ModelConfig of(JsonFields json) {
    Family family = Family.of(json);
    refuseUnsupported(json);
    int hiddenSize = json.requiredInt("hidden_size");
    int numHiddenLayers = json.requiredInt("num_hidden_layers");
    int numAttentionHeads = json.requiredInt("num_attention_heads");
    boolean attentionBias =
        switch (family) {
          case LLAMA, QWEN3 -> json.booleanOr("attention_bias", false);
          case MISTRAL, QWEN2 -> false;
        };
    Sliding sliding = sliding(family, json, numHiddenLayers);
    RopeFields rope = RopeFields.of(json);
    try {
      return new ModelConfig(
          family.modelType,
          json.requiredInt("vocab_size"),
          hiddenSize,
          json.requiredInt("intermediate_size"),
          numHiddenLayers,
          numAttentionHeads,
          json.intOr("num_key_value_heads", numAttentionHeads),
          Sizes.headDim(json),
          json.intOr("max_position_embeddings", family.defaultMaxPositionEmbeddings),
          json.doubleOr("rms_norm_eps", DEFAULT_RMS_NORM_EPS),
          rope.theta(),
          rope.scaling(),
          json.booleanOr("tie_word_embeddings", false),
          attentionBias || family == Family.QWEN2,
          attentionBias,
          family == Family.LLAMA && json.booleanOr("mlp_bias", false),
          family == Family.QWEN3,
          sliding.window,
          sliding.firstLayer);
    } catch (IllegalArgumentException e) {
      throw json.invalid(e);
    }
  }

  private static void refuseUnsupported(JsonFields json) {
    if (json.has("quantization_config")) {
      throw json.invalid("quantization_config", "is present, but such weights are not supported");
    }
    String activation = json.stringOr("hidden_act", "silu");
    if (!activation.equals("silu")) {
      throw json.invalid(
          "hidden_act", "must be \"silu\", but is \"" + StrictJson.cut(activation) + "\"");
    }
  }

  private static Sliding sliding(Family family, JsonFields json, int numHiddenLayers) {
    Sliding declared =
        switch (family) {
          case LLAMA -> Sliding.NONE;
          case MISTRAL -> new Sliding(window(json), 0);
          case QWEN2, QWEN3 ->
              json.booleanOr("use_sliding_window", false)
                  ? new Sliding(
                      window(json), json.intOr("max_window_layers", DEFAULT_MAX_WINDOW_LAYERS))
                  : Sliding.NONE;
        };
    if (json.has("layer_types")) {
      int firstSliding = firstSliding(json, numHiddenLayers);
      boolean patternIsFixed = family == Family.LLAMA || family == Family.MISTRAL;
      int firstDeclared = declared.window == 0 ? numHiddenLayers : declared.firstLayer;
      boolean slidesWithoutWindow = firstSliding < numHiddenLayers && declared.window == 0;
      if (slidesWithoutWindow || (patternIsFixed && firstSliding != firstDeclared)) {
        throw json.invalid(
            "layer_types",
            "slides from layer %d on, which contradicts the sliding window of this %s config"
                .formatted(firstSliding, family.modelType));
      }
      declared = new Sliding(declared.window, firstSliding);
    }
    boolean slides = declared.window > 0 && declared.firstLayer < numHiddenLayers;
    return slides ? declared : Sliding.NONE;
  }

  /** {@code sliding_window}: 0 if {@code null}. */
  private static int window(JsonFields json) {
    if (json.isNull("sliding_window")) {
      return 0;
    }
    int window = json.intOr("sliding_window", DEFAULT_SLIDING_WINDOW);
    if (window < 1) {
      throw json.invalid("sliding_window", "must be positive, or null for none, but is " + window);
    }
    return window;
  }

  /** The first of {@code layer_types} that slides; the number of layers if none does. */
  private static int firstSliding(JsonFields json, int numHiddenLayers) {
    List<String> types = json.requiredStrings("layer_types");
    if (types.size() != numHiddenLayers) {
      throw json.invalid(
          "layer_types",
          "must name num_hidden_layers (%d) layers, but names %d"
              .formatted(numHiddenLayers, types.size()));
    }
    int first = types.indexOf("sliding_attention");
    first = first < 0 ? numHiddenLayers : first;
    for (int layer = 0; layer < numHiddenLayers; layer++) {
      String expected = layer < first ? "full_attention" : "sliding_attention";
      if (!types.get(layer).equals(expected)) {
        throw json.invalid(
            "layer_types[" + layer + "]",
            "must be \"%s\" (full layers first, then sliding ones), but is \"%s\""
                .formatted(expected, StrictJson.cut(types.get(layer))));
      }
    }
    return first;
  }
}
