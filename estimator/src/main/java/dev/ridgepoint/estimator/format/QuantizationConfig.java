package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.format.Precision.Scale;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.node.ObjectNode;

/**
 * The formats that a {@code config.json} says the weights beside it have: its {@code dtype}, and
 * its {@code quantization_config} if it has one, the same for every family.
 *
 * <p>The methods are those of the transformers library ({@code utils/quantization_config.py}) and
 * of the tools that write such files: AutoAWQ, GPTQModel, compressed-tensors, ModelOpt,
 * bitsandbytes, MLX.
 */
public final class QuantizationConfig {
  private static final String FIELD = "quantization_config";
  private static final String TEXT = "text_config";

  private static final Map<String, Precision> DTYPES =
      Map.of("float32", Precision.F32, "float16", Precision.F16, "bfloat16", Precision.BF16);

  /** NF4's groups of 64, each with an 8-bit scale, 256 of which share an F32 one. */
  private static final int NF4_GROUP = 64;

  private static final int NF4_SCALE_GROUP = 256;

  /** The values of NF4's 16 and of its scales' 256 codes, in F32, stored with each matrix. */
  private static final int NF4_CODE_BYTES = (16 + 256) * Float.BYTES;

  private final JsonFields fields;
  private final Precision others;

  private QuantizationConfig(JsonFields fields, Precision others) {
    this.fields = fields;
    this.others = others;
  }

  /**
   * The formats that a config states; empty if it has no {@code quantization_config}.
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
    return Optional.of(json)
        .filter(fields -> fields.has(FIELD))
        .or(() -> text.filter(fields -> fields.has(FIELD)))
        .map(fields -> new QuantizationConfig(fields.requiredObject(FIELD), others).formats());
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

  private static Optional<Precision> dtype(JsonFields json) {
    String field = json.has("dtype") ? "dtype" : "torch_dtype";
    return json.has(field)
        ? Optional.ofNullable(DTYPES.get(json.requiredString(field)))
        : Optional.empty();
  }

  private WeightFormats formats() {
    if (!fields.has("quant_method")) {
      return mlx();
    }
    String method = fields.requiredString("quant_method");
    return switch (method) {
      case "awq" -> linear("AWQ", WeightFormats.awq(bits(), group()), "modules_to_not_convert");
      case "gptq" -> gptq();
      case "fp8" -> linear("FP8", fp8(), "modules_to_not_convert", "ignored_layers");
      case "fbgemm_fp8" -> linear("FP8", fp8().with(perRow(2)), "modules_to_not_convert");
      case "mxfp4" -> WeightFormats.mxfp4Experts(WeightFormats.of(others, others));
      case "bitsandbytes" -> bitsandbytes();
      case "compressed-tensors" -> compressedTensors("ignore");
      case "modelopt" -> modelOpt();
      default ->
          throw fields.invalid(
              "quant_method",
              ("\"%s\" is unknown; known are awq, bitsandbytes, compressed-tensors, fbgemm_fp8,"
                      + " fp8, gptq, modelopt, mxfp4")
                  .formatted(StrictJson.cut(method)));
    };
  }

  private WeightFormats mlx() {
    if (!fields.has("bits") || !fields.has("group_size")) {
      throw fields.invalid("quant_method", "is missing, and so are MLX's bits and group_size");
    }
    int bits = bits();
    return WeightFormats.mlx(bits, group()).withName(String.format(Locale.ROOT, "MLX-%dBIT", bits));
  }

  private WeightFormats gptq() {
    List<String> kept = new ArrayList<>();
    if (fields.has("dynamic")) {
      // GPTQModel: what "-:" stands before is left as it was.
      for (String pattern : fields.requiredObject("dynamic").names()) {
        if (pattern.startsWith("-:")) {
          kept.add("re:" + pattern.substring(2));
        }
      }
    }
    boolean isHeadToo = fields.booleanOr("lm_head", false);
    return linear("GPTQ", WeightFormats.gptq(bits(), group()), kept, isHeadToo, false);
  }

  private Precision fp8() {
    if (!fields.has("weight_block_size")) {
      return Precision.FP8;
    }
    List<Integer> block = fields.requiredInts("weight_block_size");
    if (block.size() != 2 || block.stream().anyMatch(size -> size < 1)) {
      throw fields.invalid("weight_block_size", "must be two positive sizes, but is " + block);
    }
    return Precision.FP8.with(new Scale(block.getFirst(), block.getLast(), Float.BYTES));
  }

  private WeightFormats bitsandbytes() {
    String skipped = "llm_int8_skip_modules";
    if (fields.booleanOr("load_in_8bit", false)) {
      return linear("INT8", Precision.INT8.with(perRow(Float.BYTES)), skipped);
    }
    if (!fields.booleanOr("load_in_4bit", false)) {
      throw fields.invalid("load_in_4bit", "or load_in_8bit must be true");
    }
    String type = fields.stringOr("bnb_4bit_quant_type", "fp4").toUpperCase(Locale.ROOT);
    boolean isNested = fields.booleanOr("bnb_4bit_use_double_quant", false);
    int blockBytes =
        isNested
            ? NF4_SCALE_GROUP * (NF4_GROUP / 2 + 1) + Float.BYTES
            : NF4_GROUP / 2 + Float.BYTES;
    int elements = isNested ? NF4_SCALE_GROUP * NF4_GROUP : NF4_GROUP;
    Precision blocks = new Precision(type, elements, blockBytes, true, List.of());
    return linear(type, isNested ? blocks.with(perMatrix(NF4_CODE_BYTES)) : blocks, skipped);
  }

  private WeightFormats modelOpt() {
    String algorithm = fields.stringOr("quant_algo", "");
    return switch (algorithm) {
      // Of each 16 an 8-bit scale; of each matrix an F32 one of its own and one of its inputs.
      case "NVFP4" ->
          linearBut(
              "NVFP4", new Precision("NVFP4", 16, 9).with(perMatrix(2 * Float.BYTES)), "ignore");
      case "FP8" -> linearBut("FP8", Precision.FP8.with(perMatrix(2 * Float.BYTES)), "ignore");
      default ->
          throw fields.invalid(
              "quant_algo",
              "\"%s\" is unknown; known are FP8 and NVFP4".formatted(StrictJson.cut(algorithm)));
    };
  }

  private WeightFormats compressedTensors(String ignored) {
    JsonFields groups = fields.requiredObject("config_groups");
    if (groups.names().size() != 1) {
      throw fields.invalid(
          "config_groups", "must hold one group, but holds " + groups.names().size());
    }
    JsonFields weights = groups.requiredObject(groups.names().getFirst()).requiredObject("weights");
    int bits = weights.requiredInt("num_bits");
    String type = weights.stringOr("type", "int");
    String strategy = weights.stringOr("strategy", "tensor");
    boolean isFloat = type.equals("float");
    if (isFloat ? bits != Byte.SIZE : bits != Byte.SIZE && bits != Byte.SIZE / 2) {
      throw weights.invalid(
          "num_bits",
          String.format(
              Locale.ROOT, "must be 8, or 4 of integers, but is %d of type %s", bits, type));
    }
    Precision plain =
        isFloat ? Precision.FP8 : bits == Byte.SIZE ? Precision.INT8 : new Precision("INT4", 2, 1);
    Precision format =
        switch (strategy) {
          case "tensor" -> plain.with(perMatrix(others.blockBytes()));
          case "channel" -> plain.with(perRow(others.blockBytes()));
          case "group" -> {
            int group = positive(weights, "group_size");
            boolean hasZeroPoint = !weights.booleanOr("symmetric", true);
            yield isFloat
                ? plain.with(new Scale(1, group, others.blockBytes()))
                : Precision.grouped(bits, group, hasZeroPoint);
          }
          default ->
              throw weights.invalid(
                  "strategy",
                  "\"%s\" is unknown; known are channel, group, tensor"
                      .formatted(StrictJson.cut(strategy)));
        };
    return linearBut(format.name(), format, ignored);
  }

  private int bits() {
    int bits = fields.requiredInt("bits");
    if (bits < 2 || bits > Byte.SIZE) {
      throw fields.invalid("bits", "must lie in 2..8, but is " + bits);
    }
    return bits;
  }

  private int group() {
    return positive(fields, "group_size");
  }

  private static int positive(JsonFields fields, String field) {
    int largest = 1 << 16;
    int value = fields.requiredInt(field);
    if (value < 1 || value > largest) {
      throw fields.invalid(
          field, String.format(Locale.ROOT, "must lie in 1..%d, but is %d", largest, value));
    }
    return value;
  }

  private static Scale perRow(int bytes) {
    return new Scale(1, Scale.ALL, bytes);
  }

  private static Scale perMatrix(int bytes) {
    return new Scale(Scale.ALL, Scale.ALL, bytes);
  }

  /** The projections of layers, but for the modules that a field names. */
  private WeightFormats linear(String name, Precision format, String... keptFields) {
    return linear(name, format, named(keptFields), false, false);
  }

  /** All that multiplies rows, routers and head too, but for the modules that a field names. */
  private WeightFormats linearBut(String name, Precision format, String keptField) {
    return linear(name, format, named(keptField), true, true);
  }

  private List<String> named(String... keptFields) {
    List<String> names = new ArrayList<>();
    for (String field : keptFields) {
      if (fields.has(field)) {
        names.addAll(fields.requiredStrings(field));
      }
    }
    return names;
  }

  private WeightFormats linear(
      String name, Precision format, List<String> kept, boolean isHeadToo, boolean isRouterToo) {
    List<Pattern> patterns = kept.stream().map(this::pattern).toList();
    return new WeightFormats(
        name,
        (tensor, layer) -> {
          boolean isLinear =
              WeightFormats.isLinearLayer(tensor)
                  || (isHeadToo && tensor.isMatrix() && tensor.role() == TensorRole.OUTPUT_HEAD)
                  || (isRouterToo && tensor.isMatrix() && tensor.component() == Component.ROUTER);
          String module = module(tensor, layer);
          return isLinear && patterns.stream().noneMatch(each -> each.matcher(module).find())
              ? format
              : others;
        });
  }

  /** What a module's name must hold to be left as it was: a path, a path with *, or a regex. */
  private Pattern pattern(String text) {
    String path = text.replace("language_model.", "");
    if (path.startsWith("re:")) {
      try {
        return Pattern.compile("^(?:" + path.substring(3) + ")");
      } catch (PatternSyntaxException e) {
        throw fields.invalid("ignore", "\"%s\" is no regular expression".formatted(text));
      }
    }
    String regex = Pattern.quote(path).replace("*", "\\E.*\\Q");
    return Pattern.compile("(?:^|\\.)" + regex + "(?:\\.|$)");
  }

  /** The name of the module that holds a tensor. */
  private static String module(WeightTensor tensor, int layer) {
    String name = tensor.role().huggingFaceName();
    String within =
        switch (tensor.owner()) {
          case EXPERT -> name.replace("mlp.", "mlp.experts.0.");
          case SHARED_EXPERT -> name.replace("mlp.", "mlp.shared_expert.");
          case CROSS_ATTENTION -> name.replace("self_attn.", "cross_attn.");
          case LAYER -> name;
        };
    return layer < 0 ? within : String.format(Locale.ROOT, "model.layers.%d.%s", layer, within);
  }
}
