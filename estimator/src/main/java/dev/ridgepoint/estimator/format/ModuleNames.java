package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The names of modules in the transformers library, by which a {@code quantization_config} says
 * what it means. Of the many spellings those count that published configs use.
 *
 * @param mixer what the family calls its recurrent mixers
 */
record ModuleNames(String mixer) {
  private static final String MIXER = "mixer.";
  private static final String REGEX = "re:";

  private static final List<String> DECODERS =
      List.of("model.language_model.", "language_model.model.", "backbone.");

  /** The names of a family, told by its {@code model_type}. */
  static ModuleNames of(String modelType) {
    return new ModuleNames(
        switch (modelType.replaceAll("(_moe)?(_text)?$", "")) {
          case "qwen3_next", "qwen3_5" -> "linear_attn.";
          case "kimi_linear", "minimax", "minimax_m1", "minimax_text_01" -> "self_attn.";
          case "jamba", "bamba", "falcon_h1", "granitemoehybrid" -> "mamba.";
          case "lfm2" -> "conv.";
          default -> MIXER;
        });
  }

  /** The module that holds a tensor, such as {@code model.layers.3.mlp.experts.0.up_proj}. */
  String of(WeightTensor tensor, int layer) {
    TensorRole role = tensor.role();
    String name = role.huggingFaceName().replace(MIXER, mixer);
    String within =
        switch (tensor.owner()) {
          case EXPERT -> name.replace("mlp.", "mlp.experts.0.");
          case SHARED_EXPERT -> name.replace("mlp.", "mlp.shared_expert.");
          case CROSS_ATTENTION -> name.replace("self_attn.", "cross_attn.");
          case LAYER -> name;
        };
    if (layer != PlacedWeight.NO_LAYER) {
      return String.format(Locale.ROOT, "model.layers.%d.%s", layer, within);
    }
    return role == TensorRole.OUTPUT_HEAD ? within : "model." + within;
  }

  /** The format of the first that a tensor's module matches. */
  Optional<Precision> first(
      Map<Predicate<String>, Precision> formats, WeightTensor tensor, int layer) {
    String module = of(tensor, layer);
    return formats.entrySet().stream()
        .filter(format -> format.getKey().test(module))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * Which modules a text means: one, all within it, all whose path ends with it, with * for
   * anything; or behind {@code re:} those whose names begin as a regular expression says.
   *
   * @param field that holds the text, for messages
   * @throws InvalidInputException if it is no regular expression
   */
  static Predicate<String> matching(JsonFields fields, String field, String text) {
    if (text.startsWith(REGEX)) {
      return matchingRegex(fields, field, text.substring(REGEX.length()));
    }
    String regex = Pattern.quote(text).replace("*", "\\E.*\\Q");
    return anySpelling(Pattern.compile("(?:^|\\.)" + regex + "(?:\\.|$)"));
  }

  /** As {@link #matching}, of a text that is a regular expression without saying so. */
  static Predicate<String> matchingRegex(JsonFields fields, String field, String regex) {
    try {
      return anySpelling(Pattern.compile("^(?:" + regex + ")"));
    } catch (PatternSyntaxException e) {
      throw fields.invalid(
          field, "\"%s\" is no regular expression".formatted(StrictJson.cut(regex)));
    }
  }

  /** The decoder may be a part of a model, and what it is called there depends on the class. */
  private static Predicate<String> anySpelling(Pattern pattern) {
    return module ->
        pattern.matcher(module).find()
            || DECODERS.stream()
                .anyMatch(
                    decoder -> pattern.matcher(module.replaceFirst("^model\\.", decoder)).find());
  }
}
