package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.format.Precision.Scale;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * The formats that a {@code config.json} says the weights beside it have: its {@code dtype}, and
 * its {@code quantization_config} if it has one, the same for every family.
 *
 * <p>The methods are those of the transformers library ({@code utils/quantization_config.py}) and
 * of the tools that write such files: AutoAWQ, GPTQModel, compressed-tensors, ModelOpt,
 * bitsandbytes, MLX, AutoRound, HQQ, torchao.
 */
public final class QuantizationConfig {
  /** The second is MLX's, which writes both, and once wrote none but its own. */
  private static final List<String> FIELDS = List.of("quantization_config", "quantization");

  private static final String TEXT = "text_config";
  private static final String NOT_CONVERTED = "modules_to_not_convert";

  private static final Map<String, Precision> DTYPES =
      Map.of("float32", Precision.F32, "float16", Precision.F16, "bfloat16", Precision.BF16);

  private final JsonFields fields;
  private final Precision others;
  private final ModuleNames modules;

  private QuantizationConfig(JsonFields fields, Precision others, ModuleNames modules) {
    this.fields = fields;
    this.others = others;
    this.modules = modules;
  }

  /**
   * The formats that a config states; empty if it has no {@code quantization_config}, nor MLX's
   * {@code quantization}.
   *
   * @param source the file, for messages
   * @throws InvalidInputException one line with file, field and value, if the method is unknown or
   *     a value malformed
   */
  public static Optional<WeightFormats> read(String source, ObjectNode config) {
    JsonFields json = new JsonFields(source, config);
    Optional<JsonFields> text =
        json.has(TEXT) ? Optional.of(json.requiredObject(TEXT)) : Optional.empty();
    Precision others =
        dtype(json).or(() -> text.flatMap(QuantizationConfig::dtype)).orElse(Precision.BF16);
    ModuleNames modules =
        ModuleNames.of(text.orElse(json).stringOr("model_type", json.stringOr("model_type", "")));
    return stated(json)
        .or(() -> text.flatMap(QuantizationConfig::stated))
        .map(fields -> new QuantizationConfig(fields, others, modules).formats());
  }

  private static Optional<JsonFields> stated(JsonFields json) {
    return FIELDS.stream().filter(json::has).findFirst().map(json::requiredObject);
  }

  /**
   * As {@link #read}, or else all weights in the config's {@code dtype} or {@code torch_dtype};
   * empty if it has neither.
   */
  public static Optional<WeightFormats> formats(String source, ObjectNode config) {
    JsonFields json = new JsonFields(source, config);
    return read(source, config)
        .or(
            () ->
                dtype(json)
                    .or(() -> json.has(TEXT) ? dtype(json.requiredObject(TEXT)) : Optional.empty())
                    .map(dtype -> WeightFormats.of(dtype, dtype)));
  }

  /** The group of MLX's integers that the config of a folder states, or else MLX's usual one. */
  public static int mlxGroup(Path folder) {
    Path file = folder.resolve("config.json");
    if (!Files.exists(file)) {
      return WeightFormats.USUAL_MLX_GROUP;
    }
    JsonFields json = new JsonFields(file.toString(), StrictJson.readObject(file));
    return stated(json)
        .filter(fields -> fields.has("group_size"))
        .map(fields -> fields.intOr("group_size", 0))
        .filter(group -> group > 0)
        .orElse(WeightFormats.USUAL_MLX_GROUP);
  }

  private static Optional<Precision> dtype(JsonFields json) {
    String field = json.has("dtype") ? "dtype" : "torch_dtype";
    return json.has(field)
        ? Optional.ofNullable(DTYPES.get(json.requiredString(field)))
        : Optional.empty();
  }

  private WeightFormats formats() {
    if (!fields.has("quant_method")) {
      return new MlxConfig(fields, others).formats(modules);
    }
    String method = fields.requiredString("quant_method");
    return switch (method) {
      case "awq" -> linear("AWQ", WeightFormats.awq(bits(), group()), NOT_CONVERTED);
      case "gptq" -> gptq();
      case "fp8" -> linear(fp8(), NOT_CONVERTED, "ignored_layers");
      case "fbgemm_fp8" -> linear(Precision.FP8.with(Scale.perRow(2)), NOT_CONVERTED);
      case "mxfp4" -> WeightFormats.mxfp4Experts(WeightFormats.of(others, others));
      case "bitsandbytes" -> linear(BitsAndBytes.format(fields), "llm_int8_skip_modules");
      case "compressed-tensors" ->
          new CompressedTensors(fields, others).formats(modules, kept("ignore"));
      case "modelopt" -> modelOpt();
      case "auto-round", "intel/auto-round" -> weightOnly().autoRound(modules);
      case "hqq" -> weightOnly().hqq(modules, kept("skip_modules"));
      case "torchao" -> weightOnly().torchao(modules, kept(NOT_CONVERTED));
      default ->
          throw fields.invalid(
              "quant_method",
              ("\"%s\" is unknown; known are auto-round, awq, bitsandbytes, compressed-tensors,"
                      + " fbgemm_fp8, fp8, gptq, hqq, modelopt, mxfp4, torchao")
                  .formatted(StrictJson.cut(method)));
    };
  }

  private WeightOnlyConfig weightOnly() {
    return new WeightOnlyConfig(fields, others);
  }

  /**
   * GPTQModel's {@code dynamic}: modules with bits of their own, or behind "-:" left as they were.
   */
  private WeightFormats gptq() {
    Precision usual = WeightFormats.gptq(bits(), group());
    Map<Predicate<String>, Precision> exceptions = new LinkedHashMap<>();
    if (fields.has("dynamic")) {
      JsonFields dynamic = fields.requiredObject("dynamic");
      for (String key : dynamic.names()) {
        JsonFields changed = dynamic.requiredObject(key);
        Precision own =
            WeightFormats.gptq(
                changed.has("bits") ? bits(changed) : bits(),
                changed.has("group_size") ? group(changed) : group());
        exceptions.put(
            ModuleNames.matchingRegex(dynamic, key, key.replaceFirst("^[-+]:", "")),
            key.startsWith("-:") ? others : own);
      }
    }
    Predicate<WeightTensor> isQuantised =
        fields.booleanOr("lm_head", false)
            ? WeightFormats::isLinearLayerOrHead
            : WeightFormats::isLinearLayer;
    return new WeightFormats(
        "GPTQ",
        (tensor, layer) ->
            isQuantised.test(tensor)
                ? modules.first(exceptions, tensor, layer).orElse(usual)
                : others);
  }

  /**
   * Blocks with an F32 scale each; or one of the matrix, and one of its inputs that were measured.
   */
  private Precision fp8() {
    if (fields.has("weight_block_size")) {
      List<Integer> block = block(fields, "weight_block_size");
      return Precision.FP8.with(new Scale(block.getFirst(), block.getLast(), Float.BYTES));
    }
    boolean isMeasured = fields.stringOr("activation_scheme", "dynamic").equals("static");
    return Precision.FP8.with(Scale.perMatrix((isMeasured ? 2 : 1) * Float.BYTES));
  }

  /** A size of rows and one of columns. */
  static List<Integer> block(JsonFields fields, String field) {
    List<Integer> block = fields.requiredInts(field);
    if (block.size() != 2 || block.stream().anyMatch(size -> size < 1)) {
      throw fields.invalid(field, "must be two positive sizes, but is " + block);
    }
    return block;
  }

  /** Of each matrix an F32 scale of its own and one of its inputs. */
  private WeightFormats modelOpt() {
    String algorithm = fields.stringOr("quant_algo", "");
    Precision format =
        switch (algorithm) {
          case "NVFP4" -> Precision.NVFP4.with(Scale.perMatrix(2 * Float.BYTES));
          case "FP8" -> Precision.FP8.with(Scale.perMatrix(2 * Float.BYTES));
          default ->
              throw fields.invalid(
                  "quant_algo",
                  "\"%s\" is unknown; known are FP8 and NVFP4"
                      .formatted(StrictJson.cut(algorithm)));
        };
    Predicate<String> isKept = kept("ignore", "exclude_modules");
    return new WeightFormats(
        algorithm,
        (tensor, layer) ->
            WeightFormats.isLinearLayerOrHead(tensor) && !isKept.test(modules.of(tensor, layer))
                ? format
                : others);
  }

  private int bits() {
    return bits(fields);
  }

  static int bits(JsonFields fields) {
    int bits = fields.requiredInt("bits");
    if (bits < 2 || bits > Byte.SIZE) {
      throw fields.invalid("bits", "must lie in 2..8, but is " + bits);
    }
    return bits;
  }

  private int group() {
    return group(fields);
  }

  /** Inputs that share a scale; -1 stands for all of a row. */
  static int group(JsonFields fields) {
    int size = fields.requiredInt("group_size");
    return size == WeightFormats.WHOLE_ROW ? size : positive(fields, "group_size");
  }

  static int positive(JsonFields fields, String field) {
    int largest = 1 << 16;
    int value = fields.requiredInt(field);
    if (value < 1 || value > largest) {
      throw fields.invalid(
          field, String.format(Locale.ROOT, "must lie in 1..%d, but is %d", largest, value));
    }
    return value;
  }

  private WeightFormats linear(Precision format, String... keptFields) {
    return linear(format.name(), format, keptFields);
  }

  /** The projections of layers, but for the modules that these fields name. */
  private WeightFormats linear(String name, Precision format, String... keptFields) {
    Predicate<String> isKept = kept(keptFields);
    return new WeightFormats(
        name,
        (tensor, layer) ->
            WeightFormats.isLinearLayer(tensor) && !isKept.test(modules.of(tensor, layer))
                ? format
                : others);
  }

  /** The modules that these fields name. */
  private Predicate<String> kept(String... keptFields) {
    Predicate<String> isKept = _ -> false;
    for (String field : keptFields) {
      if (fields.has(field)) {
        for (String text : fields.requiredStrings(field)) {
          isKept = isKept.or(ModuleNames.matching(fields, field, text));
        }
      }
    }
    return isKept;
  }
}
