package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * GPTQ (Frantar et al. 2022, arXiv:2210.17323) as AutoGPTQ and GPTQModel write it: {@code qweight}
 * [words of the inputs, outputs], {@code qzeros} [groups, words of the outputs], {@code scales}
 * [groups, outputs] and {@code g_idx}, the group of each input. The first version of the format has
 * zero points less one.
 *
 * @param groupSize inputs that share a scale; -1 for all
 * @param isSorted whether groups are of inputs that do not follow one another
 */
record GptqFormat(
    int bits, int groupSize, boolean isSymmetric, boolean isSecondVersion, boolean isSorted)
    implements IntegerFormat {
  private static final List<Integer> BITS = List.of(2, 3, 4, 8);
  private static final String INTEGERS = ".qweight";
  private static final String ZERO_POINTS = ".qzeros";
  private static final String SCALES = ".scales";
  private static final String GROUPS = ".g_idx";
  private static final String FIRST = "gptq";
  private static final String SECOND = "gptq_v2";

  static GptqFormat of(JsonFields fields) {
    String versionField = fields.has("checkpoint_format") ? "checkpoint_format" : "format";
    IntegerFormat.requireOneOf(fields, versionField, FIRST, List.of(FIRST, SECOND));
    IntegerFormat.requireOneOf(fields, "pack_dtype", "int32", List.of("int32"));
    int bits = fields.requiredInt("bits");
    if (!BITS.contains(bits)) {
      throw fields.invalid("bits", "must be 2, 3, 4 or 8, but is " + bits);
    }
    return new GptqFormat(
        bits,
        IntegerFormat.groupSize(fields),
        fields.booleanOr("sym", false),
        fields.stringOr(versionField, FIRST).toLowerCase(Locale.ROOT).equals(SECOND),
        fields.booleanOr("desc_act", false));
  }

  @Override
  public String integers(String module) {
    return module + INTEGERS;
  }

  @Override
  public GroupedMatrix matrix(TensorFiles files, String module, int outputs, int inputs) {
    int size = groupSize == -1 ? inputs : groupSize;
    int groups = Math.ceilDiv(inputs, size);
    PackedIntegers weights = IntegerFormat.down(files, integers(module), inputs, outputs, bits);
    PackedIntegers zeroPoints =
        IntegerFormat.along(files, module + ZERO_POINTS, groups, outputs, bits);
    Tensor scales = IntegerFormat.numbers(files, module + SCALES, groups, outputs);
    String groupOf = module + GROUPS;
    boolean isListed = isSorted || files.info(groupOf).isPresent();
    int mask = (1 << bits) - 1;
    return new GroupedMatrix(
        "GPTQ",
        module,
        outputs,
        inputs,
        bits,
        isSymmetric,
        new GroupedMatrix.Parts(
            weights.words(),
            (output, input) -> weights.get(input, output),
            isListed
                ? IntegerFormat.listed(files, groupOf, inputs, groups)
                : IntegerFormat.inOrder(inputs, size),
            groups,
            scales,
            (output, group) -> group * outputs + output,
            (output, group) -> (zeroPoints.get(group, output) + subtracted()) & mask));
  }

  /** What stored zero points lack. */
  private int subtracted() {
    return isSecondVersion ? 0 : 1;
  }

  @Override
  public List<FileTensor> tensors(BlockMatrix matrix) {
    int outputs = matrix.outputs();
    int groups = matrix.groups();
    int zeroPoint = 1 << (bits - 1);
    return List.of(
        IntegerFormat.down(
            integers(matrix.module()),
            matrix.inputs(),
            outputs,
            bits,
            target ->
                matrix.forEachOutput(
                    (output, integers, scales) -> {
                      for (int input = 0; input < integers.length; input++) {
                        target.set(input, output, integers[input] + zeroPoint);
                      }
                    })),
        IntegerFormat.along(
            matrix.module() + ZERO_POINTS,
            groups,
            outputs,
            bits,
            PackedIntegers.IN_ORDER,
            target -> target.fill(groups, outputs, zeroPoint - subtracted())),
        IntegerFormat.scales(matrix.module() + SCALES, matrix, true),
        PackedTensor.ints(matrix.module() + GROUPS, matrix.groupOf()));
  }

  @Override
  public Precision precision(IntegerPacking packing) {
    return WeightFormats.gptq(bits, groupSize);
  }

  @Override
  public void describe(ObjectNode config, IntegerPacking packing, List<String> plain) {
    config.put("bits", bits).put("group_size", groupSize).put("sym", isSymmetric);
    config.put("desc_act", isSorted).put("lm_head", false);
    config.put("checkpoint_format", isSecondVersion ? SECOND : FIRST);
    if (!plain.isEmpty()) {
      // As GPTQModel excepts modules: by regular expressions.
      ObjectNode kept = config.putObject("dynamic");
      plain.forEach(module -> kept.putObject("-:^" + module.replace(".", "\\.") + "$"));
    }
  }
}
