package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * AWQ (Lin et al. 2023, arXiv:2306.00978) in the version GEMM of AutoAWQ: {@code qweight} [inputs,
 * words of the outputs], {@code qzeros} [groups, words of the outputs] and {@code scales} [groups,
 * outputs]. Eight outputs share a word, in an order that its kernels take apart fast.
 *
 * @param groupSize inputs that share a scale; -1 for all
 */
record AwqFormat(int groupSize) implements IntegerFormat {
  private static final int BITS = 4;
  private static final int ZERO_POINT = 1 << (BITS - 1);
  private static final String INTEGERS = ".qweight";
  private static final String ZERO_POINTS = ".qzeros";
  private static final String SCALES = ".scales";

  /** A word has outputs 0, 2, 4, 6, 1, 3, 5 and 7: where in it each of them lies. */
  private static final int[] PLACES = {0, 4, 1, 5, 2, 6, 3, 7};

  static AwqFormat of(JsonFields fields) {
    IntegerFormat.requireOneOf(fields, "version", "gemm", List.of("gemm"));
    int bits = fields.intOr("bits", BITS);
    if (bits != BITS) {
      throw fields.invalid("bits", String.format(Locale.ROOT, "must be %d, but is %d", BITS, bits));
    }
    return new AwqFormat(IntegerFormat.groupSize(fields));
  }

  @Override
  public String integers(String module) {
    return module + INTEGERS;
  }

  @Override
  public GroupedMatrix matrix(TensorFiles files, String module, int outputs, int inputs) {
    int size = groupSize == -1 ? inputs : groupSize;
    int groups = Math.ceilDiv(inputs, size);
    PackedIntegers weights =
        inWords(IntegerFormat.along(files, integers(module), inputs, outputs, BITS));
    PackedIntegers zeroPoints =
        inWords(IntegerFormat.along(files, module + ZERO_POINTS, groups, outputs, BITS));
    Tensor scales = IntegerFormat.numbers(files, module + SCALES, groups, outputs);
    return new GroupedMatrix(
        "AWQ",
        module,
        outputs,
        inputs,
        BITS,
        false,
        new GroupedMatrix.Parts(
            weights.words(),
            (output, input) -> weights.get(input, output),
            IntegerFormat.inOrder(inputs, size),
            groups,
            scales,
            (output, group) -> group * outputs + output,
            (output, group) -> zeroPoints.get(group, output)));
  }

  @Override
  public List<FileTensor> tensors(BlockMatrix matrix) {
    int outputs = matrix.outputs();
    int groups = matrix.groups();
    return List.of(
        IntegerFormat.along(
            integers(matrix.module()),
            matrix.inputs(),
            outputs,
            BITS,
            PLACES,
            target ->
                matrix.forEachOutput(
                    (output, integers, scales) -> {
                      for (int input = 0; input < integers.length; input++) {
                        target.set(input, output, integers[input] + ZERO_POINT);
                      }
                    })),
        IntegerFormat.along(
            matrix.module() + ZERO_POINTS,
            groups,
            outputs,
            BITS,
            PLACES,
            target -> target.fill(groups, outputs, ZERO_POINT)),
        IntegerFormat.scales(matrix.module() + SCALES, matrix, true));
  }

  @Override
  public Precision precision(IntegerPacking packing) {
    return WeightFormats.awq(BITS, groupSize);
  }

  @Override
  public void describe(ObjectNode config, IntegerPacking packing, List<String> plain) {
    config.put("bits", BITS).put("group_size", groupSize).put("zero_point", true);
    config.put("version", "gemm");
    ArrayNode kept = config.putArray("modules_to_not_convert");
    plain.forEach(kept::add);
  }

  private static PackedIntegers inWords(PackedIntegers inOrder) {
    return new PackedIntegers(inOrder.words(), inOrder.wordsPerRow(), BITS, false, PLACES);
  }
}
