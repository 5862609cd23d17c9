package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.format.Precision.Scale;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The {@code quantization_config} of AutoRound, HQQ and torchao, which store the weights of linear
 * layers in fewer bits.
 *
 * @param fields of that object
 * @param others of what is not quantised
 */
record WeightOnlyConfig(JsonFields fields, Precision others) {
  private static final int USUAL_TORCHAO_GROUP = 128;
  private static final int USUAL_HQQ_GROUP = 64;

  /** A scale and a zero point, of 16 bits each. */
  private static final int SCALE_AND_ZERO_BYTES = 4;

  /** At or above, AutoRound leaves a module as it was. */
  private static final int PLAIN_BITS = 16;

  /**
   * AutoRound's packed integers, laid out as GPTQ's or AWQ's without a group for each input; {@code
   * extra_config} names modules with bits or groups of their own (intel/auto-round, {@code
   * docs/step_by_step.md}; vLLM's {@code auto_round.py}).
   */
  WeightFormats autoRound(ModuleNames modules) {
    String packing = fields.stringOr("packing_format", "auto_round:auto_gptq");
    if (!packing.endsWith("auto_gptq") && !packing.endsWith("auto_awq")) {
      throw fields.invalid(
          "packing_format",
          "\"%s\" is unknown; known are auto_round:auto_gptq and auto_round:auto_awq"
              .formatted(StrictJson.cut(packing)));
    }
    Precision usual =
        WeightFormats.awq(QuantizationConfig.bits(fields), QuantizationConfig.group(fields));
    Map<Predicate<String>, Precision> exceptions = new LinkedHashMap<>();
    if (fields.has("extra_config")) {
      JsonFields extra = fields.requiredObject("extra_config");
      for (String module : extra.names()) {
        exceptions.put(
            ModuleNames.matching(extra, module, module), autoRound(extra.requiredObject(module)));
      }
    }
    return new WeightFormats(
        "AutoRound",
        (tensor, layer) ->
            WeightFormats.isLinearLayer(tensor)
                ? modules.first(exceptions, tensor, layer).orElse(usual)
                : tensor.isMatrix()
                    ? modules.first(exceptions, tensor, layer).orElse(others)
                    : others);
  }

  private Precision autoRound(JsonFields own) {
    if (own.intOr("bits", QuantizationConfig.bits(fields)) >= PLAIN_BITS) {
      return others;
    }
    return WeightFormats.awq(
        QuantizationConfig.bits(own.has("bits") ? own : fields),
        QuantizationConfig.group(own.has("group_size") ? own : fields));
  }

  /**
   * HQQ: a scale and a zero point of 16 bits for each group (mobiusml/hqq, {@code
   * hqq/core/quantize.py}); the same for all linear layers, or by the end of their names.
   */
  WeightFormats hqq(ModuleNames modules, Predicate<String> isKept) {
    JsonFields config = fields.requiredObject("quant_config");
    if (config.has("weight_quant_params")) {
      return linear("HQQ", hqq(config), modules, isKept);
    }
    Map<Predicate<String>, Precision> named = new LinkedHashMap<>();
    for (String tag : config.names()) {
      named.put(name -> name.endsWith(tag), hqq(config.requiredObject(tag)));
    }
    return new WeightFormats(
        "HQQ",
        (tensor, layer) ->
            WeightFormats.isLinearLayer(tensor) && !isKept.test(modules.of(tensor, layer))
                ? modules.first(named, tensor, layer).orElse(others)
                : others);
  }

  private static Precision hqq(JsonFields config) {
    JsonFields weights = config.requiredObject("weight_quant_params");
    int bits = weights.requiredInt("nbits");
    if (bits < 1 || bits > Byte.SIZE || Integer.bitCount(bits) != 1) {
      throw weights.invalid("nbits", "must be 1, 2, 4 or 8, but is " + bits);
    }
    return weights.isNull("group_size")
        ? affine("HQQ", bits, WeightFormats.WHOLE_ROW)
        : affine("HQQ", bits, group(weights, USUAL_HQQ_GROUP));
  }

  /**
   * torchao's kinds, by name or as the class that {@code AOBaseConfig} writes (docs.pytorch.org/ao,
   * "Quantization API").
   */
  WeightFormats torchao(ModuleNames modules, Predicate<String> isKept) {
    boolean isObject = fields.isObject("quant_type");
    JsonFields kind = isObject ? fields.requiredObject("quant_type") : fields;
    if (isObject && kind.has("default")) {
      kind = kind.requiredObject("default");
    }
    String field = isObject ? "_type" : "quant_type";
    String type = kind.requiredString(field);
    String parameters = isObject ? "_data" : "quant_type_kwargs";
    Precision format =
        switch (type) {
          case "int4_weight_only", "Int4WeightOnlyConfig" ->
              affine(
                  "torchao INT4",
                  4,
                  kind.has(parameters)
                      ? group(kind.requiredObject(parameters), USUAL_TORCHAO_GROUP)
                      : USUAL_TORCHAO_GROUP);
          case "int8_weight_only",
              "int8_dynamic_activation_int8_weight",
              "Int8WeightOnlyConfig",
              "Int8DynamicActivationInt8WeightConfig" ->
              Precision.INT8.with(Scale.perRow(Short.BYTES));
          case "float8_weight_only",
              "float8_dynamic_activation_float8_weight",
              "Float8WeightOnlyConfig",
              "Float8DynamicActivationFloat8WeightConfig" ->
              Precision.FP8.with(Scale.perRow(Float.BYTES));
          default ->
              throw kind.invalid(
                  field,
                  ("\"%s\" is unknown; known are int4_weight_only, int8_weight_only,"
                          + " int8_dynamic_activation_int8_weight, float8_weight_only,"
                          + " float8_dynamic_activation_float8_weight and their classes")
                      .formatted(StrictJson.cut(type)));
        };
    return linear("torchao " + format.name().replace("torchao ", ""), format, modules, isKept);
  }

  private WeightFormats linear(
      String name, Precision format, ModuleNames modules, Predicate<String> isKept) {
    return new WeightFormats(
        name,
        (tensor, layer) ->
            WeightFormats.isLinearLayer(tensor) && !isKept.test(modules.of(tensor, layer))
                ? format
                : others);
  }

  private static int group(JsonFields fields, int usual) {
    if (!fields.has("group_size")) {
      return usual;
    }
    int group = QuantizationConfig.positive(fields, "group_size");
    if (group % Byte.SIZE != 0) {
      throw fields.invalid("group_size", "must be a multiple of 8, but is " + group);
    }
    return group;
  }

  private static Precision affine(String name, int bits, int group) {
    return group == WeightFormats.WHOLE_ROW
        ? new Precision(name, Byte.SIZE, bits).with(Scale.perRow(SCALE_AND_ZERO_BYTES))
        : new Precision(
            String.format(Locale.ROOT, "%s-G%d", name, group),
            group,
            group * bits / Byte.SIZE + SCALE_AND_ZERO_BYTES);
  }
}
