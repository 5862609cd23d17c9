package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.codecs.IntegerBlockCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * A matrix in blocks of integers, read as integers of groups to be packed in another way: the
 * inverse of {@link GroupedMatrix}.
 *
 * @param weight in Q4_0 or Q8_0, whose blocks of a group have one scale
 * @param groupSize inputs that share it; -1 for all
 */
record BlockMatrix(ExportedWeight weight, int groupSize) {

  /** Told of the integers of one output. */
  @FunctionalInterface
  interface OutputVisitor {
    /**
     * @param integers q of each input, from minus half of the range on
     * @param scales of each group, as F16; a number is the scale times q
     */
    void output(int output, int[] integers, short[] scales);
  }

  /** The module whose weight it is. */
  String module() {
    return weight.spec().name().replaceFirst("\\.weight$", "");
  }

  int outputs() {
    return Math.toIntExact(weight.spec().shape().getFirst());
  }

  int inputs() {
    return OutputTensor.columns(weight.spec());
  }

  int groups() {
    return Math.ceilDiv(inputs(), inputsOfGroup());
  }

  private int inputsOfGroup() {
    return groupSize == -1 ? inputs() : groupSize;
  }

  /** The group of each input. */
  int[] groupOf() {
    return IntegerFormat.inOrder(inputs(), inputsOfGroup());
  }

  /** Bits that its integers need. */
  int bits() {
    return switch (weight.dtype()) {
      case Q4_0 -> 4;
      case Q8_0 -> 8;
      default -> throw new IllegalArgumentException(weight.dtype() + " has no 4 or 8 bits");
    };
  }

  /**
   * Visits all outputs in order.
   *
   * @throws IllegalArgumentException if blocks of a group have different scales
   */
  void forEachOutput(OutputVisitor visitor) {
    IntegerBlockCodec codec = (IntegerBlockCodec) weight.dtype().codec();
    int[] block = new int[codec.blockElements()];
    int[] integers = new int[inputs()];
    short[] scales = new short[groups()];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment row = arena.allocate(weight.dtype().bytes(inputs()));
      for (int output = 0; output < outputs(); output++) {
        weight.rows().encode(output, inputs(), weight.dtype(), row, 0);
        for (int input = 0; input < inputs(); input += block.length) {
          long at = weight.dtype().bytes(input);
          short scale = codec.readBlock(row, at, block);
          int group = input / inputsOfGroup();
          if (input % inputsOfGroup() == 0) {
            scales[group] = scale;
          } else if (scales[group] != scale) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "%s: output %d has two scales in group %d",
                    module(),
                    output,
                    group));
          }
          System.arraycopy(block, 0, integers, input, block.length);
        }
        visitor.output(output, integers, scales);
      }
    }
  }
}
