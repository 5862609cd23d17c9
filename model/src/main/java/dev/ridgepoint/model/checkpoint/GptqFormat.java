package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;

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
    return module + ".qweight";
  }

  @Override
  public GroupedMatrix matrix(TensorFiles files, String module, int outputs, int inputs) {
    int size = groupSize == -1 ? inputs : groupSize;
    int groups = Math.ceilDiv(inputs, size);
    PackedIntegers weights = IntegerFormat.down(files, integers(module), inputs, outputs, bits);
    PackedIntegers zeroPoints =
        IntegerFormat.along(files, module + ".qzeros", groups, outputs, bits);
    Tensor scales = IntegerFormat.numbers(files, module + ".scales", groups, outputs);
    String groupOf = module + ".g_idx";
    boolean isListed = isSorted || files.info(groupOf).isPresent();
    int subtracted = isSecondVersion ? 0 : 1;
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
            (output, group) -> (zeroPoints.get(group, output) + subtracted) & mask));
  }
}
