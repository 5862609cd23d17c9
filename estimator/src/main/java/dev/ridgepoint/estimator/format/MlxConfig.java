package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The {@code quantization} of a model that MLX converted: all matrices, but for those that it names
 * with bits of their own, or false.
 *
 * @param fields of that object
 * @param others of vectors, and of what is not quantised
 */
record MlxConfig(JsonFields fields, Precision others) {

  WeightFormats formats(ModuleNames modules) {
    if (!fields.has("bits") || !fields.has("group_size")) {
      throw fields.invalid("quant_method", "is missing, and so are MLX's bits and group_size");
    }
    Precision usual = format(fields);
    Map<Predicate<String>, Precision> exceptions = new LinkedHashMap<>();
    for (String field : fields.names()) {
      if (fields.isObject(field) || fields.isFalse(field)) {
        exceptions.put(
            ModuleNames.matching(fields, field, field),
            fields.isFalse(field) ? others : format(fields.requiredObject(field)));
      }
    }
    return new WeightFormats(
        usual.name(),
        (tensor, layer) ->
            tensor.isMatrix() ? modules.first(exceptions, tensor, layer).orElse(usual) : others);
  }

  private static Precision format(JsonFields fields) {
    String mode = fields.stringOr("mode", "affine");
    return switch (mode) {
      case "affine" ->
          WeightFormats.mlxAffine(
              QuantizationConfig.bits(fields), QuantizationConfig.positive(fields, "group_size"));
      case "mxfp4" -> Precision.MXFP4;
      case "nvfp4" -> Precision.NVFP4;
      default ->
          throw fields.invalid(
              "mode",
              "\"%s\" is unknown; known are affine, mxfp4, nvfp4".formatted(StrictJson.cut(mode)));
    };
  }
}
