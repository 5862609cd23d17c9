package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the linear layers of a Hugging Face checkpoint are stored as integers of groups, as its
 * {@code quantization_config} says: the tensors that stand in the place of a module's weight.
 */
sealed interface IntegerFormat permits AwqFormat, GptqFormat, PackQuantizedFormat {
  String CONFIG = "quantization_config";
  ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * The format of a config; empty if it states no such one.
   *
   * @param source the file, for messages
   * @throws InvalidInputException one line with file, field and value, if such a format is stated
   *     in a form that is not known
   */
  static Optional<IntegerFormat> of(String source, ObjectNode config) {
    JsonFields json = new JsonFields(source, config);
    if (!json.has(CONFIG)) {
      return Optional.empty();
    }
    JsonFields fields = json.requiredObject(CONFIG);
    return switch (fields.stringOr("quant_method", "")) {
      case "awq" -> Optional.of(AwqFormat.of(fields));
      case "gptq" -> Optional.of(GptqFormat.of(fields));
      case "compressed-tensors" -> PackQuantizedFormat.of(fields);
      default -> Optional.empty();
    };
  }

  /** What the tensor of a module's integers is called. */
  String integers(String module);

  /**
   * The weight of a module, [outputs, inputs], of which {@link #integers} are there.
   *
   * @throws InvalidInputException if another tensor is missing, or one has another type or shape
   */
  GroupedMatrix matrix(TensorFiles files, String module, int outputs, int inputs);

  /** The tensors that {@link #matrix} reads such a matrix from. */
  List<FileTensor> tensors(BlockMatrix matrix);

  /**
   * Says in a {@code quantization_config} how matrices are packed.
   *
   * @param plain modules that are not
   */
  void describe(ObjectNode config, IntegerPacking packing, List<String> plain);

  /** The same for the estimator. */
  Precision precision(IntegerPacking packing);

  /** Inputs that follow one another share a group. */
  static int[] inOrder(int inputs, int groupSize) {
    return IntStream.range(0, inputs).map(input -> input / groupSize).toArray();
  }

  /** The group of each input, as a tensor says. */
  static int[] listed(TensorFiles files, String name, int inputs, int groups) {
    List<Long> listed = files.integers(name).orElseThrow(missing(files, name));
    if (listed.size() != inputs) {
      throw invalid(
          files,
          name,
          String.format(Locale.ROOT, "has %d groups for %d inputs", listed.size(), inputs));
    }
    for (long group : listed) {
      if (group < 0 || group >= groups) {
        throw invalid(
            files, name, String.format(Locale.ROOT, "names group %d of %d", group, groups));
      }
    }
    return listed.stream().mapToInt(Math::toIntExact).toArray();
  }

  /** A matrix of floating-point numbers. */
  static Tensor numbers(TensorFiles files, String name, int rows, int columns) {
    return files
        .tensor(name, List.of((long) rows, (long) columns))
        .orElseThrow(missing(files, name));
  }

  static PackedIntegers along(TensorFiles files, String name, int rows, int columns, int bits) {
    int words = PackedIntegers.words(columns, bits);
    return PackedIntegers.along(
        files.words(name, List.of((long) rows, (long) words)).orElseThrow(missing(files, name)),
        words,
        bits);
  }

  static PackedIntegers down(TensorFiles files, String name, int rows, int columns, int bits) {
    int words = PackedIntegers.words(rows, bits);
    return PackedIntegers.down(
        files.words(name, List.of((long) words, (long) columns)).orElseThrow(missing(files, name)),
        columns,
        bits);
  }

  /**
   * A matrix of integers that share words along its rows.
   *
   * @param places as {@link PackedIntegers} has them
   */
  static PackedTensor along(
      String name, int rows, int columns, int bits, int[] places, Consumer<PackedIntegers> filler) {
    int words = PackedIntegers.words(columns, bits);
    return words(
        name,
        rows,
        words,
        target -> filler.accept(new PackedIntegers(target, words, bits, false, places)));
  }

  /** A matrix of integers that share words down its columns. */
  static PackedTensor down(
      String name, int rows, int columns, int bits, Consumer<PackedIntegers> filler) {
    return words(
        name,
        PackedIntegers.words(rows, bits),
        columns,
        target -> filler.accept(PackedIntegers.down(target, columns, bits)));
  }

  private static PackedTensor words(
      String name, int rows, int columns, Consumer<MemorySegment> filler) {
    return new PackedTensor(
        name, List.of((long) rows, (long) columns), SafetensorsDType.I32, filler);
  }

  /**
   * The scales of a matrix.
   *
   * @param isOfGroups whether a row has those of a group; else those of an output
   */
  static PackedTensor scales(String name, BlockMatrix matrix, boolean isOfGroups) {
    int groups = matrix.groups();
    int outputs = matrix.outputs();
    return new PackedTensor(
        name,
        isOfGroups
            ? List.of((long) groups, (long) outputs)
            : List.of((long) outputs, (long) groups),
        SafetensorsDType.F16,
        target ->
            matrix.forEachOutput(
                (output, integers, scales) -> {
                  for (int group = 0; group < groups; group++) {
                    long at =
                        isOfGroups
                            ? (long) group * outputs + output
                            : (long) output * groups + group;
                    target.setAtIndex(HALF, at, scales[group]);
                  }
                }));
  }

  static Supplier<InvalidInputException> missing(TensorFiles files, String name) {
    return () -> invalid(files, name, "is missing");
  }

  static InvalidInputException invalid(TensorFiles files, String name, String problem) {
    return new InvalidInputException(
        files.header().source(), "tensor %s %s".formatted(OneLine.quote(name), problem));
  }

  /** Inputs that share a scale; -1 stands for all of a row. */
  static int groupSize(JsonFields fields) {
    int size = fields.intOr("group_size", -1);
    if (size != -1 && size < 1) {
      throw fields.invalid("group_size", "must be positive, or -1, but is " + size);
    }
    return size;
  }

  static void requireOneOf(JsonFields fields, String field, String absent, List<String> known) {
    String value = fields.stringOr(field, absent).toLowerCase(Locale.ROOT);
    if (!known.contains(value)) {
      throw fields.invalid(
          field,
          "\"%s\" is not supported; supported are %s"
              .formatted(StrictJson.cut(value), String.join(", ", known)));
    }
  }
}
