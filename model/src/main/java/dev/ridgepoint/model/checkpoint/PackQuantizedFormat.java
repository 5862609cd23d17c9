package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The format {@code pack-quantized} of compressed-tensors: {@code weight_packed} [outputs, words of
 * the inputs], {@code weight_scale} [outputs, groups]; unless it is symmetric {@code
 * weight_zero_point} [words of the outputs, groups]; and {@code weight_g_idx}, the group of each
 * input, if they do not follow one another. Integers are stored with half of their range added.
 */
record PackQuantizedFormat() implements IntegerFormat {
  private static final String NAME = "pack-quantized";
  private static final List<Integer> BITS = List.of(4, 8);
  private static final String INTEGERS = ".weight_packed";
  private static final String SCALES = ".weight_scale";
  private static final String SHAPE = ".weight_shape";

  /** Empty if the config states another format of compressed-tensors. */
  static Optional<IntegerFormat> of(JsonFields fields) {
    return fields.stringOr("format", "").equals(NAME)
        ? Optional.of(new PackQuantizedFormat())
        : Optional.empty();
  }

  @Override
  public String integers(String module) {
    return module + INTEGERS;
  }

  /** Bits and groups differ between modules, and are told by the shapes. */
  @Override
  public GroupedMatrix matrix(TensorFiles files, String module, int outputs, int inputs) {
    int bits = bits(files, integers(module), inputs);
    PackedIntegers weights = IntegerFormat.along(files, integers(module), outputs, inputs, bits);
    int groups = groups(files, module + SCALES, inputs);
    Tensor scales = IntegerFormat.numbers(files, module + SCALES, outputs, groups);
    String groupOf = module + ".weight_g_idx";
    String zeroPointName = module + ".weight_zero_point";
    boolean isSymmetric = files.info(zeroPointName).isEmpty();
    return new GroupedMatrix(
        NAME,
        module,
        outputs,
        inputs,
        bits,
        isSymmetric,
        new GroupedMatrix.Parts(
            weights.words(),
            weights::get,
            files.info(groupOf).isPresent()
                ? IntegerFormat.listed(files, groupOf, inputs, groups)
                : IntegerFormat.inOrder(inputs, inputs / groups),
            groups,
            scales,
            (output, group) -> output * groups + group,
            isSymmetric
                ? (output, group) -> 1 << (bits - 1)
                : IntegerFormat.down(files, zeroPointName, outputs, groups, bits)::get));
  }

  @Override
  public List<FileTensor> tensors(BlockMatrix matrix) {
    int zeroPoint = 1 << (matrix.bits() - 1);
    return List.of(
        IntegerFormat.along(
            integers(matrix.module()),
            matrix.outputs(),
            matrix.inputs(),
            matrix.bits(),
            PackedIntegers.IN_ORDER,
            target ->
                matrix.forEachOutput(
                    (output, integers, scales) -> {
                      for (int input = 0; input < integers.length; input++) {
                        target.set(output, input, integers[input] + zeroPoint);
                      }
                    })),
        IntegerFormat.scales(matrix.module() + SCALES, matrix, false),
        PackedTensor.longs(matrix.module() + SHAPE, matrix.outputs(), matrix.inputs()));
  }

  @Override
  public Precision precision(IntegerPacking packing) {
    return WeightFormats.symmetric(packing.bits(), packing.groupSize());
  }

  @Override
  public void describe(ObjectNode config, IntegerPacking packing, List<String> plain) {
    config.put("format", NAME).put("quantization_status", "compressed");
    ObjectNode group = config.putObject("config_groups").putObject("group_0");
    group.putArray("targets").add("Linear");
    ObjectNode weights = group.putObject("weights");
    boolean isPerChannel = packing.groupSize() == -1;
    weights.put("num_bits", packing.bits()).put("type", "int").put("symmetric", true);
    weights.put("dynamic", false).put("strategy", isPerChannel ? "channel" : "group");
    if (!isPerChannel) {
      weights.put("group_size", packing.groupSize());
    }
    ArrayNode kept = config.putArray("ignore").add("lm_head");
    plain.forEach(kept::add);
  }

  private static int bits(TensorFiles files, String name, int inputs) {
    long words = files.info(name).orElseThrow().shape().getLast();
    return BITS.stream()
        .filter(bits -> PackedIntegers.words(inputs, bits) == words)
        .findFirst()
        .orElseThrow(
            () ->
                IntegerFormat.invalid(
                    files,
                    name,
                    String.format(
                        Locale.ROOT, "has rows that are no %d integers of 4 or 8 bits", inputs)));
  }

  private static int groups(TensorFiles files, String name, int inputs) {
    long groups =
        files.info(name).orElseThrow(IntegerFormat.missing(files, name)).shape().getLast();
    if (groups < 1 || inputs % groups != 0) {
      throw IntegerFormat.invalid(
          files, name, String.format(Locale.ROOT, "has %d groups of %d inputs", groups, inputs));
    }
    return Math.toIntExact(groups);
  }
}
