package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** What several families spell alike. */
final class ConfigFields {
  /** Stands for no window. */
  static final int NO_WINDOW = 0;

  private ConfigFields() {}

  static int hiddenSize(JsonFields json) {
    return size(json, "hidden_size", Limits.MAX_WIDTH);
  }

  static int layers(JsonFields json) {
    return size(json, "num_hidden_layers", Limits.MAX_LAYERS);
  }

  /** A size in 1..max, refused under the name that it has in this family. */
  static int size(JsonFields json, String field, int max) {
    int size = json.requiredInt(field);
    Limits.requireSize(field, size, max);
    return size;
  }

  static int headDim(JsonFields json) {
    return HuggingFaceConfig.headDim(
        json, hiddenSize(json), json.requiredInt("num_attention_heads"));
  }

  /** {@code hidden / heads}, where a family has no field for it. */
  static int headDim(JsonFields json, String hiddenField, String headsField) {
    int hidden = size(json, hiddenField, Limits.MAX_WIDTH);
    int heads = size(json, headsField, Limits.MAX_WIDTH);
    if (hidden % heads != 0) {
      throw json.invalid(
          hiddenField,
          "must be a multiple of %s (%d), but is %d".formatted(headsField, heads, hidden));
    }
    return hidden / heads;
  }

  /** The part of a head that RoPE rotates, in both spellings. */
  static int rotaryDim(JsonFields json, int headDim, double defaultFraction) {
    double fraction = json.doubleOr("partial_rotary_factor", defaultFraction);
    if (json.has("rope_parameters")) {
      fraction = json.requiredObject("rope_parameters").doubleOr("partial_rotary_factor", fraction);
    }
    if (!(fraction >= 0 && fraction <= 1)) {
      throw json.invalid("partial_rotary_factor", "must lie in 0..1, but is " + fraction);
    }
    return (int) (headDim * fraction);
  }

  static Activation activation(JsonFields json, String field, String absent) {
    String name = json.stringOr(field, absent);
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "relu" -> Activation.RELU;
      case "relu2" -> Activation.RELU_SQUARED;
      default ->
          throw json.invalid(field, "\"%s\" is not supported".formatted(StrictJson.cut(name)));
    };
  }

  /** A gated feed-forward of {@code intermediate_size}. */
  static DenseFeedForward gated(JsonFields json, String activation, boolean bias) {
    return new DenseFeedForward(
        json.requiredInt("intermediate_size"),
        true,
        activation(json, "hidden_act", activation),
        bias);
  }

  /** {@code sliding_window}, {@link #NO_WINDOW} if {@code null}. */
  static int slidingWindow(JsonFields json, int absent) {
    if (json.isNull("sliding_window")) {
      return NO_WINDOW;
    }
    int window = json.intOr("sliding_window", absent);
    if (json.has("sliding_window") && window < 1) {
      throw json.invalid("sliding_window", "must be positive, or null for none, but is " + window);
    }
    return window;
  }

  /**
   * What the layers attend: as {@code layer_types} says, otherwise sliding where {@code slides}.
   *
   * @param window positions of a sliding layer; {@link #NO_WINDOW} if none may slide
   */
  static List<AttentionSpan> spans(JsonFields json, int layers, int window, IntPredicate slides) {
    List<String> types = json.has("layer_types") ? layerTypes(json, layers) : List.of();
    List<AttentionSpan> spans = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      String type =
          !types.isEmpty()
              ? types.get(layer)
              : window != NO_WINDOW && slides.test(layer) ? "sliding_attention" : "full_attention";
      spans.add(span(json, layer, type, window));
    }
    return spans;
  }

  private static AttentionSpan span(JsonFields json, int layer, String type, int window) {
    return switch (type) {
      case "full_attention" -> new AttentionSpan.Causal();
      case "chunked_attention" ->
          new AttentionSpan.Chunked(json.requiredInt("attention_chunk_size"));
      case "sliding_attention" -> {
        if (window == NO_WINDOW) {
          throw json.invalid(
              "layer_types[" + layer + "]", "slides, but the config has no sliding window");
        }
        yield new AttentionSpan.Sliding(window);
      }
      default ->
          throw json.invalid(
              "layer_types[" + layer + "]",
              "\"%s\" is not supported".formatted(StrictJson.cut(type)));
    };
  }

  private static List<String> layerTypes(JsonFields json, int layers) {
    List<String> types = json.requiredStrings("layer_types");
    if (types.size() != layers) {
      throw json.invalid(
          "layer_types",
          "must name num_hidden_layers (%d) layers, but names %d".formatted(layers, types.size()));
    }
    return types;
  }

  /** Refuses what is another architecture. */
  static void refuse(JsonFields json, String field, boolean refused, boolean absent) {
    if (json.booleanOr(field, absent) == refused) {
      throw json.invalid(field, "is " + refused + ", which is not supported");
    }
  }

  static Stack stack(int layers, IntFunction<Layer> layer, Norm finalNorm) {
    List<Layer> all = new ArrayList<>();
    for (int index = 0; index < layers; index++) {
      all.add(layer.apply(index));
    }
    return new Stack(all, finalNorm);
  }

  /** A decoder with a table of tokens, as wide as the residual stream. */
  static Architecture decoder(JsonFields json, Stack stack, boolean tied, boolean headBias) {
    int hidden = hiddenSize(json);
    return Architecture.decoderOnly(
        json.requiredString("model_type"),
        hidden,
        Embedding.ofTokens(json.requiredInt("vocab_size"), hidden),
        stack,
        new Head.LanguageModel(json.booleanOr("tie_word_embeddings", tied), headBias));
  }
}
