package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.format.QuantizationConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How many of a model's parameters a tensor of a file holds. In quantised checkpoints that is not
 * the number of its elements: words hold several, and scales, zero points and the like hold none.
 * The formats are told by the names that stand together, as AutoAWQ, GPTQModel, compressed-tensors,
 * ModelOpt, bitsandbytes, MLX and gpt-oss write them.
 *
 * @param files whose tensors they are
 * @param mlxGroup integers that share a scale in MLX's files, which no shape tells
 */
record StoredParameters(TensorFiles files, int mlxGroup) {
  /** What stands beside a weight, behind the name of its module. */
  private static final List<String> BESIDE_WEIGHT =
      List.of(
          ".weight_scale",
          ".weight_scale_inv",
          ".weight_scale_2",
          ".weight_global_scale",
          ".weight_zero_point",
          ".weight_g_idx",
          ".weight_shape",
          ".weight_format",
          ".input_scale",
          ".input_global_scale",
          ".input_zero_point",
          ".pre_quant_scale",
          ".scales",
          ".biases",
          ".qzeros",
          ".g_idx",
          ".SCB");

  private static final List<String> WEIGHTS = List.of(".weight", ".weight_packed", ".qweight");

  /** What stands behind the name of a tensor of all experts. */
  private static final List<String> BESIDE_EXPERTS = List.of("_scale_inv", "_scale");

  /** What bitsandbytes adds to a weight's own name. */
  private static final String QUANT_STATE = ".weight.";

  private static final int NIBBLES = 2;

  /**
   * Those of a checkpoint's files.
   *
   * @param folder whose config says how large MLX's groups are, if there are any
   */
  static StoredParameters of(TensorFiles files, Path folder) {
    boolean isMlx =
        files.names().stream()
            .anyMatch(name -> files.info(name).orElseThrow().dtype() == SafetensorsDType.U32);
    return new StoredParameters(files, isMlx ? QuantizationConfig.mlxGroup(folder) : 1);
  }

  /** Of a tensor, by its name and shape, and those beside it. */
  long of(TensorInfo tensor) {
    String name = tensor.name();
    if (isBeside(name)) {
      return 0;
    }
    long elements = tensor.elements();
    if (name.endsWith(".qweight")) {
      String module = without(name, ".qweight");
      return packedWords(elements, bitsOfZeroPoints(module));
    }
    if (name.endsWith(".weight_packed")) {
      return tensor.dtype() == SafetensorsDType.U8
          ? NIBBLES * elements
          : shape(without(name, "_packed") + "_shape").orElse(elements);
    }
    if (name.endsWith("_blocks") && has(without(name, "_blocks") + "_scales")) {
      return NIBBLES * elements;
    }
    if (name.endsWith(".weight") && tensor.dtype() == SafetensorsDType.U8) {
      boolean holdsTwo = has(name + "_scale") || has(name + ".absmax");
      return holdsTwo ? NIBBLES * elements : elements;
    }
    if (name.endsWith(".weight") && tensor.dtype() == SafetensorsDType.U32) {
      return packedWords(elements, bitsOfMlx(tensor));
    }
    return elements;
  }

  private boolean isBeside(String name) {
    int state = name.indexOf(QUANT_STATE);
    if (state >= 0 && has(name.substring(0, state) + ".weight")) {
      return true;
    }
    if (name.endsWith("_scales") && has(without(name, "_scales") + "_blocks")) {
      return true;
    }
    return BESIDE_WEIGHT.stream()
            .filter(name::endsWith)
            .map(suffix -> without(name, suffix))
            .anyMatch(module -> WEIGHTS.stream().anyMatch(weight -> has(module + weight)))
        || BESIDE_EXPERTS.stream()
            .anyMatch(suffix -> name.endsWith(suffix) && has(without(name, suffix)));
  }

  /** A word of zero points holds as many as one of weights, and there is a scale for each. */
  private Optional<Long> bitsOfZeroPoints(String module) {
    return columns(module + ".qzeros")
        .flatMap(words -> columns(module + ".scales").map(scales -> Integer.SIZE * words / scales))
        .filter(StoredParameters::isWidth);
  }

  private Optional<Long> bitsOfMlx(TensorInfo weight) {
    String scales = without(weight.name(), ".weight") + ".scales";
    // MXFP4 has scales of 8 bits, and no other group.
    boolean isMxfp4 =
        files.info(scales).filter(info -> info.dtype() == SafetensorsDType.U8).isPresent();
    int group = isMxfp4 ? Integer.SIZE : mlxGroup;
    return columns(scales)
        .map(groups -> Integer.SIZE * weight.shape().getLast() / (groups * group))
        .filter(StoredParameters::isWidth);
  }

  private static boolean isWidth(long bits) {
    return bits >= 1 && bits <= Byte.SIZE;
  }

  /** As many as the words' bits make; as many as the words where their width is not known. */
  private static long packedWords(long words, Optional<Long> bits) {
    return bits.map(width -> Math.multiplyExact(words, (long) Integer.SIZE) / width).orElse(words);
  }

  /** The product of a shape that is itself stored. */
  private Optional<Long> shape(String name) {
    return files.integers(name).map(sizes -> sizes.stream().reduce(1L, Math::multiplyExact));
  }

  private Optional<Long> columns(String name) {
    return files
        .info(name)
        .filter(info -> !info.shape().isEmpty())
        .map(info -> info.shape().getLast())
        .filter(columns -> columns > 0);
  }

  private boolean has(String name) {
    return files.info(name).isPresent();
  }

  private static String without(String name, String suffix) {
    return name.substring(0, name.length() - suffix.length());
  }
}
