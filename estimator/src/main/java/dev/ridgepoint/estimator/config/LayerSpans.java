package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Which positions each layer attends: as {@code layer_types} says, in any order; where a config
 * does not have it, as is usual in the family.
 */
final class LayerSpans {
  /** Stands for no window. */
  static final int NO_WINDOW = 0;

  static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";
  private static final String CHUNKED = "chunked_attention";

  private LayerSpans() {}

  /** Every layer attends everything, if it attends at all. */
  static List<AttentionSpan> ofAttendingLayers(int layers) {
    return Collections.nCopies(layers, new AttentionSpan.Causal());
  }

  /** Every layer attends everything. */
  static List<AttentionSpan> full(JsonFields json) {
    return sliding(json, NO_WINDOW, layer -> false);
  }

  /**
   * The layers for which {@code slides} holds attend a window.
   *
   * @param window positions of such a layer; {@link #NO_WINDOW} if none may slide
   */
  static List<AttentionSpan> sliding(JsonFields json, int window, IntPredicate slides) {
    AttentionSpan full = new AttentionSpan.Causal();
    Map<String, AttentionSpan> spans =
        window == NO_WINDOW
            ? Map.of(FULL, full)
            : Map.of(FULL, full, SLIDING, new AttentionSpan.Sliding(window));
    return spans(json, spans, layer -> window != NO_WINDOW && slides.test(layer) ? SLIDING : FULL);
  }

  /** The layers for which {@code isChunked} holds attend their chunk of so many positions. */
  static List<AttentionSpan> chunked(JsonFields json, int chunk, IntPredicate isChunked) {
    return spans(
        json,
        Map.of(FULL, new AttentionSpan.Causal(), CHUNKED, new AttentionSpan.Chunked(chunk)),
        layer -> isChunked.test(layer) ? CHUNKED : FULL);
  }

  /** {@code sliding_window}, {@link #NO_WINDOW} if {@code null}. */
  static int window(JsonFields json, int absent) {
    if (json.isNull("sliding_window")) {
      return NO_WINDOW;
    }
    int window = json.intOr("sliding_window", absent);
    if (json.has("sliding_window") && window < 1) {
      throw json.invalid("sliding_window", "must be positive, or null for none, but is " + window);
    }
    return window;
  }

  private static List<AttentionSpan> spans(
      JsonFields json, Map<String, AttentionSpan> spans, IntFunction<String> absent) {
    List<String> types = types(json, absent);
    List<AttentionSpan> all = new ArrayList<>();
    for (int layer = 0; layer < types.size(); layer++) {
      AttentionSpan span = spans.get(types.get(layer));
      if (span == null) {
        throw json.invalid("layer_types[" + layer + "]", reason(types.get(layer)));
      }
      all.add(span);
    }
    return all;
  }

  /**
   * Which layers are of {@code type}, all others being of {@code other}.
   *
   * @param absent where a config does not say
   */
  static IntPredicate are(JsonFields json, String type, String other, IntPredicate absent) {
    List<String> types = types(json, layer -> absent.test(layer) ? type : other);
    for (int layer = 0; layer < types.size(); layer++) {
      if (!types.get(layer).equals(type) && !types.get(layer).equals(other)) {
        throw json.invalid("layer_types[" + layer + "]", reason(types.get(layer)));
      }
    }
    return layer -> types.get(layer).equals(type);
  }

  private static List<String> types(JsonFields json, IntFunction<String> absent) {
    int layers = Sizes.layers(json);
    return json.has("layer_types")
        ? layerTypes(json, layers)
        : IntStream.range(0, layers).mapToObj(absent).toList();
  }

  private static String reason(String type) {
    return type.equals(SLIDING)
        ? "slides, but the config has no sliding window"
        : "\"%s\" is not supported".formatted(StrictJson.cut(type));
  }

  private static List<String> layerTypes(JsonFields json, int layers) {
    List<String> types = json.requiredStrings("layer_types");
    if (types.size() != layers) {
      throw json.invalid(
          "layer_types",
          String.format(
              Locale.ROOT,
              "must name num_hidden_layers (%d) layers, but names %d",
              layers,
              types.size()));
    }
    return types;
  }
}
