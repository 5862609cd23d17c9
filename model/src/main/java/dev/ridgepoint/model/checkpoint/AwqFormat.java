package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;

/**
 * AWQ (Lin et al. 2023, arXiv:2306.00978) in the version GEMM of AutoAWQ: {@code qweight} [inputs,
 * words of the outputs], {@code qzeros} [groups, words of the outputs] and {@code scales} [groups,
 * outputs]. Eight outputs share a word, in an order that its kernels take apart fast.
 *
 * @param groupSize inputs that share a scale; -1 for all
 */
record AwqFormat(int groupSize) implements IntegerFormat {
  private static final int BITS = 4;

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
    return module + ".qweight";
  }

  @Override
  public GroupedMatrix matrix(TensorFiles files, String module, int outputs, int inputs) {
    int size = groupSize == -1 ? inputs : groupSize;
    int groups = Math.ceilDiv(inputs, size);
    PackedIntegers weights =
        inWords(IntegerFormat.along(files, integers(module), inputs, outputs, BITS));
    PackedIntegers zeroPoints =
        inWords(IntegerFormat.along(files, module + ".qzeros", groups, outputs, BITS));
    Tensor scales = IntegerFormat.numbers(files, module + ".scales", groups, outputs);
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

  private static PackedIntegers inWords(PackedIntegers inOrder) {
    return new PackedIntegers(inOrder.words(), inOrder.wordsPerRow(), BITS, false, PLACES);
  }
}
