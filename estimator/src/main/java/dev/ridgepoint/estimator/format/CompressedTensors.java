package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.format.Precision.Scale;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The groups of modules of a {@code compressed-tensors} config ({@code
 * compressed_tensors/quantization/quant_args.py}), each with its format.
 *
 * @param fields the {@code quantization_config}
 * @param others of what is in no group; scales of 8-bit integers and floats are stored so, too
 */
record CompressedTensors(JsonFields fields, Precision others) {
  /** A class of modules, and so all linear layers, instead of names. */
  private static final String LINEAR = "Linear";

  private static final int SHAPE_BYTES = 2 * Long.BYTES;
  private static final int FP4_GROUP = 16;

  /** Modules that share a format: those of a name, or all linear ones. */
  private record Group(List<Predicate<String>> names, boolean isOfAllLinear, Precision format) {
    boolean names(String module) {
      return names.stream().anyMatch(name -> name.test(module));
    }
  }

  /**
   * The formats of a model.
   *
   * @param isKept whether a module stays as it was
   */
  WeightFormats formats(ModuleNames modules, Predicate<String> isKept) {
    refuseSparsity();
    List<Group> groups = new ArrayList<>();
    JsonFields all = fields.requiredObject("config_groups");
    for (String name : all.names()) {
      JsonFields group = all.requiredObject(name);
      if (group.has("weights")) {
        groups.add(group(group));
      }
    }
    if (groups.isEmpty()) {
      throw fields.invalid("config_groups", "has no group with weights");
    }
    String name =
        String.join("+", groups.stream().map(group -> group.format().name()).distinct().toList());
    return new WeightFormats(
        name, (tensor, layer) -> format(tensor, modules.of(tensor, layer), groups, isKept));
  }

  private Precision format(
      WeightTensor tensor, String module, List<Group> groups, Predicate<String> isKept) {
    if (!WeightFormats.isLinearLayerOrHead(tensor) || isKept.test(module)) {
      return others;
    }
    return groups.stream()
        .filter(group -> group.names(module))
        .findFirst()
        .or(() -> groups.stream().filter(Group::isOfAllLinear).findFirst())
        .map(Group::format)
        .orElse(others);
  }

  private void refuseSparsity() {
    if (fields.has("sparsity_config")) {
      JsonFields sparsity = fields.requiredObject("sparsity_config");
      String format = sparsity.stringOr("format", "dense");
      if (!format.equals("dense")) {
        throw sparsity.invalid(
            "format", "\"%s\" is not supported".formatted(StrictJson.cut(format)));
      }
    }
  }

  private Group group(JsonFields group) {
    List<String> targets = group.requiredStrings("targets");
    List<Predicate<String>> names =
        targets.stream()
            .filter(target -> !target.equals(LINEAR))
            .map(target -> ModuleNames.matching(group, "targets", target))
            .toList();
    boolean isPacked =
        group.stringOr("format", fields.stringOr("format", "")).equals("pack-quantized");
    Precision format = weights(group.requiredObject("weights"), isPacked);
    return new Group(names, targets.contains(LINEAR), withInputScale(format, group));
  }

  private Precision weights(JsonFields weights, boolean isPacked) {
    int bits = weights.requiredInt("num_bits");
    String type = weights.stringOr("type", "int");
    boolean isFloat = type.equals("float");
    if (bits != Byte.SIZE && bits != Byte.SIZE / 2) {
      throw weights.invalid(
          "num_bits",
          String.format(Locale.ROOT, "must be 4 or 8, but is %d of type %s", bits, type));
    }
    if (isFloat && bits != Byte.SIZE) {
      return fp4(weights);
    }
    Precision scaled = scaled(weights, bits, isFloat);
    // The shape of what is packed stands beside it.
    return isPacked ? scaled.with(Scale.perMatrix(SHAPE_BYTES)) : scaled;
  }

  private Precision scaled(JsonFields weights, int bits, boolean isFloat) {
    int scale = others.blockBytes();
    Precision plain =
        isFloat ? Precision.FP8 : bits == Byte.SIZE ? Precision.INT8 : new Precision("INT4", 2, 1);
    String strategy = weights.stringOr("strategy", weights.has("group_size") ? "group" : "tensor");
    return switch (strategy) {
      case "tensor" -> plain.with(Scale.perMatrix(scale));
      case "channel" -> plain.with(Scale.perRow(scale));
      case "block" -> {
        List<Integer> block = QuantizationConfig.block(weights, "block_structure");
        yield plain.with(new Scale(block.getFirst(), block.getLast(), scale));
      }
      case "group" -> {
        int group = QuantizationConfig.positive(weights, "group_size");
        boolean hasZeroPoint = !weights.booleanOr("symmetric", true);
        Precision grouped =
            isFloat
                ? plain.with(new Scale(1, group, scale))
                : Precision.grouped(bits, group, hasZeroPoint);
        yield isOrdered(weights) ? grouped.with(new Scale(Scale.ALL, 1, Integer.BYTES)) : grouped;
      }
      default ->
          throw weights.invalid(
              "strategy",
              "\"%s\" is unknown; known are block, channel, group, tensor, tensor_group"
                  .formatted(StrictJson.cut(strategy)));
    };
  }

  /** Whether the group of each input is stored, because inputs were reordered. */
  private static boolean isOrdered(JsonFields weights) {
    return weights.isString("actorder") && weights.requiredString("actorder").equals("group");
  }

  /** NVFP4, with an F32 scale of each matrix, or MXFP4. */
  private static Precision fp4(JsonFields weights) {
    int group = QuantizationConfig.positive(weights, "group_size");
    if (group == FP4_GROUP) {
      return Precision.NVFP4.with(Scale.perMatrix(Float.BYTES));
    }
    if (group == Precision.MXFP4.blockElements()) {
      return Precision.MXFP4;
    }
    throw weights.invalid(
        "group_size",
        String.format(Locale.ROOT, "must be 16 or 32 of 4-bit floats, but is %d", group));
  }

  /** What was measured of a layer's inputs is stored beside its weights. */
  private Precision withInputScale(Precision format, JsonFields group) {
    Optional<JsonFields> inputs =
        Optional.of("input_activations").filter(group::has).map(group::requiredObject);
    if (inputs.isEmpty() || inputs.get().isTrue("dynamic") || format.equals(Precision.MXFP4)) {
      return format;
    }
    boolean isNvfp4 = format.name().equals(Precision.NVFP4.name());
    return format.with(Scale.perMatrix(isNvfp4 ? Float.BYTES : others.blockBytes()));
  }
}
