package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the headers of a checkpoint say, and nothing that needs its config or its weights.
 *
 * @param path the folder or file inspected
 * @param metadata the files' free text; where two files differ, the first one's
 * @param tensors all tensors, in the order of files and bytes
 * @param leftOut tensors that the files have and their index does not name there
 * @param parameters of all tensors
 * @param bytes bytes of all tensors
 */
public record Inspection(
    String path,
    Map<String, String> metadata,
    List<InspectedTensor> tensors,
    List<String> leftOut,
    long parameters,
    long bytes) {

  /**
   * One tensor.
   *
   * @param name its name
   * @param dtype its type, as the file spells it
   * @param shape its dimensions, outermost first
   * @param parameters the model's parameters that it holds: its elements, but of quantised formats
   *     see {@link StoredParameters}
   * @param bytes its bytes
   * @param file the name of the file that holds it
   */
  public record InspectedTensor(
      String name, String dtype, List<Long> shape, long parameters, long bytes, String file) {}

  /**
   * Inspects a checkpoint folder, or what a safetensors or GGUF file belongs to. A config is not
   * needed.
   *
   * @throws InvalidInputException if a file is missing or malformed, or shards contradict their
   *     index
   */
  public static Inspection of(Path path) {
    CheckpointFiles located = CheckpointFiles.locate(path);
    try (TensorFiles files = TensorFiles.open(located)) {
      StoredParameters parameters = StoredParameters.of(files, located.folder());
      List<InspectedTensor> tensors =
          files.names().stream()
              .map(name -> files.info(name).orElseThrow())
              .map(
                  tensor ->
                      new InspectedTensor(
                          tensor.name(),
                          tensor.dtype().name(),
                          tensor.shape(),
                          parameters.of(tensor),
                          tensor.byteSize(),
                          files.fileName(tensor.name())))
              .toList();
      return new Inspection(
          path.toString(),
          files.metadata(),
          tensors,
          files.leftOut(),
          tensors.stream().mapToLong(InspectedTensor::parameters).reduce(0, Math::addExact),
          tensors.stream().mapToLong(InspectedTensor::bytes).reduce(0, Math::addExact));
    }
  }

  /** This record as a JSON object. */
  public String toJson() {
    return StrictJson.write(this);
  }

  /** A table for the terminal, one line per tensor, then the totals. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    metadata.forEach(
        (key, value) -> text.append("%s: %s%n".formatted(OneLine.of(key), OneLine.of(value))));
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("file", "tensor", "dtype", "shape", "parameters", "bytes"));
    for (InspectedTensor tensor : tensors) {
      rows.add(
          List.of(
              tensor.file(),
              OneLine.of(tensor.name()),
              tensor.dtype(),
              OneLine.of(tensor.shape().toString()),
              grouped(tensor.parameters()),
              grouped(tensor.bytes())));
    }
    appendTable(text, rows);
    text.append(
        String.format(
            Locale.ROOT,
            "%d tensors, %s parameters (%s), %s bytes (%s)%n",
            tensors.size(),
            grouped(parameters),
            byType(),
            grouped(bytes),
            inGigabytes(bytes)));
    leftOut.forEach(
        tensor -> text.append("left out, not in the index: %s%n".formatted(OneLine.of(tensor))));
    return text.toString();
  }

  private String byType() {
    Map<String, Long> counts =
        tensors.stream()
            .collect(
                Collectors.groupingBy(
                    InspectedTensor::dtype,
                    LinkedHashMap::new,
                    Collectors.summingLong(InspectedTensor::parameters)));
    return counts.entrySet().stream()
        .map(entry -> grouped(entry.getValue()) + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }

  /** Text columns to the left, the last two, numbers, to the right. */
  private static void appendTable(StringBuilder text, List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        String alignment = i < columns - 2 ? "-" : "";
        text.append(("%" + alignment + widths[i] + "s").formatted(row.get(i)));
        text.append(i < columns - 1 ? "  " : System.lineSeparator());
      }
    }
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String inGigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.3f GB, %.3f GiB", bytes / 1e9, bytes / 0x1p30);
  }
}
