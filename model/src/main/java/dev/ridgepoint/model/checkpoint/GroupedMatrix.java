package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.codecs.IntegerBlockCodec;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;

/**
 * A matrix [outputs, inputs] of integers q, of which some inputs of each output are a group with a
 * scale s and a zero point z: an element is {@code s * (q - z)}. It is turned into blocks of an
 * engine's format that holds the same numbers, where groups consist of whole blocks; the narrowest
 * of them. Where they do not, as when GPTQ has sorted the inputs, the numbers are rounded to F16.
 */
final class GroupedMatrix implements RowSource {
  private static final List<DType> BLOCKS = List.of(DType.Q4_0, DType.Q5_0, DType.Q8_0);

  private final String format;
  private final String module;
  private final int outputs;
  private final int inputs;
  private final int bits;
  private final boolean isSymmetric;
  private final IntegerAt integers;
  private final int[] groupOf;
  private final int groups;
  private final Tensor scales;
  private final IntegerAt scaleIndex;
  private final IntegerAt zeroPoints;
  private final MemorySegment words;
  private final DType dtype;

  /** One integer of a matrix, by its row and its column. */
  @FunctionalInterface
  interface IntegerAt {
    int get(int row, int column);
  }

  /**
   * What is stored.
   *
   * @param words of the integers
   * @param integers q of an output and an input
   * @param groupOf the group of each input
   * @param groups how many there are
   * @param scales of all outputs and groups
   * @param scaleIndex which of them is that of an output and a group
   * @param zeroPoints z of an output and a group
   */
  record Parts(
      MemorySegment words,
      IntegerAt integers,
      int[] groupOf,
      int groups,
      Tensor scales,
      IntegerAt scaleIndex,
      IntegerAt zeroPoints) {}

  /**
   * @param format what messages call it
   * @param module whose weight it is, for messages
   * @param bits of an integer
   * @param isSymmetric whether all zero points are the middle of the integers
   */
  GroupedMatrix(
      String format,
      String module,
      int outputs,
      int inputs,
      int bits,
      boolean isSymmetric,
      Parts parts) {
    this.format = format;
    this.module = module;
    this.outputs = outputs;
    this.inputs = inputs;
    this.bits = bits;
    this.isSymmetric = isSymmetric;
    words = parts.words;
    integers = parts.integers;
    groupOf = parts.groupOf;
    groups = parts.groups;
    scales = parts.scales;
    scaleIndex = parts.scaleIndex;
    zeroPoints = parts.zeroPoints;
    dtype = narrowest();
  }

  private DType narrowest() {
    int span = (1 << bits) - 1;
    int least = isSymmetric ? -middle() : -span;
    int greatest = isSymmetric ? middle() - 1 : span;
    return BLOCKS.stream()
        .filter(type -> hasWholeBlocks(type.blockElements()))
        .filter(type -> codec(type).least() <= least && greatest <= codec(type).greatest())
        .findFirst()
        .orElse(DType.F16);
  }

  private boolean hasWholeBlocks(int elements) {
    if (inputs % elements != 0) {
      return false;
    }
    for (int input = 0; input < inputs; input++) {
      if (groupOf[input] != groupOf[input - input % elements]) {
        return false;
      }
    }
    return true;
  }

  private static IntegerBlockCodec codec(DType blocks) {
    return (IntegerBlockCodec) blocks.codec();
  }

  private int middle() {
    return 1 << (bits - 1);
  }

  /** The engine's type that it is turned into. */
  DType dtype() {
    return dtype;
  }

  /** How it is stored: exact in the engine's type if the type's scales are those of the file. */
  Storage storage() {
    return new Storage(
        String.format(Locale.ROOT, "%d-bit integers of %s", bits, format),
        dtype,
        dtype.isQuantised() && scales.dtype() == DType.F16);
  }

  /** The integers' part of the file. */
  MemorySegment words() {
    return words;
  }

  @Override
  public void read(int output, float[] target, int offset) {
    float[] scale = new float[groups];
    int[] zeroPoint = new int[groups];
    for (int group = 0; group < groups; group++) {
      scale[group] = scale(output, group);
      zeroPoint[group] = zeroPoint(output, group);
    }
    for (int input = 0; input < inputs; input++) {
      int group = groupOf[input];
      int integer = integers.get(output, input) - zeroPoint[group];
      target[offset + input] = scale[group] * integer;
    }
  }

  private int zeroPoint(int output, int group) {
    int zeroPoint = zeroPoints.get(output, group);
    if (isSymmetric && zeroPoint != middle()) {
      throw new InvalidInputException(
          module,
          String.format(
              Locale.ROOT,
              "group %d of output %d has zero point %d, but symmetric integers have %d",
              group,
              output,
              zeroPoint,
              middle()));
    }
    return zeroPoint;
  }

  @Override
  public void encode(int output, int count, DType type, MemorySegment target, long offset) {
    if (type != dtype || !dtype.isQuantised()) {
      RowSource.super.encode(output, count, type, target, offset);
      return;
    }
    IntegerBlockCodec codec = codec(dtype);
    int[] block = new int[codec.blockElements()];
    long to = offset;
    for (int input = 0; input < count; input += block.length) {
      int group = groupOf[input];
      int zeroPoint = zeroPoint(output, group);
      for (int i = 0; i < block.length; i++) {
        block[i] = integers.get(output, input + i) - zeroPoint;
      }
      codec.writeBlock(Float.floatToFloat16(scale(output, group)), block, target, to);
      to += codec.blockBytes();
    }
  }

  private float scale(int output, int group) {
    float scale = scales.get(scaleIndex.get(output, group));
    if (!Float.isFinite(Float.float16ToFloat(Float.floatToFloat16(scale)))) {
      throw new InvalidInputException(
          module,
          String.format(Locale.ROOT, "group %d of output %d has scale %s", group, output, scale));
    }
    return scale;
  }

  /** All rows, in {@link #dtype}. */
  Tensor tensor() {
    Tensor tensor = Tensor.allocate(Arena.ofAuto(), dtype, outputs, inputs);
    for (int output = 0; output < outputs; output++) {
      encode(output, inputs, dtype, tensor.segment(), output * dtype.bytes(inputs));
    }
    return tensor;
  }
}
