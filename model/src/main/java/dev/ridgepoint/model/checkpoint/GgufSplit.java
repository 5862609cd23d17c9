package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What the files of a model split by {@code llama-gguf-split} say of each other: their number, that
 * of each, and how many tensors they have together. The first holds the model's metadata.
 */
final class GgufSplit {
  private static final String NUMBER = "split.no";
  private static final String COUNT = "split.count";
  private static final String TENSORS = "split.tensors.count";

  private GgufSplit() {}

  /**
   * Checks that files are all parts of one model, in their order. Files that are no GGUF pass.
   *
   * @throws InvalidInputException naming file, key and value
   */
  static void requireWhole(List<FileHeader> headers) {
    int tensors = headers.stream().mapToInt(header -> header.tensors().size()).sum();
    for (int part = 0; part < headers.size(); part++) {
      if (headers.get(part) instanceof GgufHeader gguf) {
        requirePart(new GgufFields(gguf), part, headers.size(), tensors);
      }
    }
  }

  private static void requirePart(GgufFields fields, int part, int parts, int tensors) {
    int count = fields.optionalInt(COUNT).orElse(1);
    if (count > 1 && parts == 1) {
      throw fields.invalid(
          COUNT,
          String.format(
              Locale.ROOT,
              "is %d, but the file's name does not end with -00001-of-%05d.gguf, by which the"
                  + " others are found",
              count,
              count));
    }
    require(fields, COUNT, OptionalInt.of(count), parts);
    if (parts > 1) {
      require(fields, NUMBER, fields.optionalInt(NUMBER), part);
      require(fields, TENSORS, fields.optionalInt(TENSORS), tensors);
    }
  }

  private static void require(GgufFields fields, String key, OptionalInt value, int needed) {
    if (value.isPresent() && value.getAsInt() != needed) {
      throw fields.invalid(
          key,
          String.format(Locale.ROOT, "is %d, but the files make it %d", value.getAsInt(), needed));
    }
  }
}
