package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files. */
public final class SafetensorsWriter {
  private static final int HEADER_ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /**
   * Writes a file, whole or not at all.
   *
   * @param weights F32, F16 or BF16
   * @throws InvalidInputException if a number does not fit its dtype, or the disk has no room
   * @throws IllegalArgumentException if the format has no such type
   * @throws IOException if writing fails
   */
  public static void write(
      Path file, List<ExportedWeight> weights, Workers workers, WriteProgress progress)
      throws IOException {
    write(file, weights, Optional.empty(), workers, progress);
  }

  /**
   * The same of weights of which some are blocks of integers.
   *
   * @param integers how those are packed
   */
  static void write(
      Path file,
      List<ExportedWeight> weights,
      Optional<IntegerPacking> integers,
      Workers workers,
      WriteProgress progress)
      throws IOException {
    // The wider elements first: every tensor then begins at a multiple of its element.
    List<FileTensor> inFile =
        weights.stream()
            .<FileTensor>flatMap(weight -> inFile(weight, integers))
            .sorted(Comparator.comparingLong(tensor -> -type(tensor).bytes(1)))
            .toList();
    new TensorFileWriter(file, header(inFile), inFile, 1, workers, progress).write();
  }

  private static Stream<FileTensor> inFile(
      ExportedWeight weight, Optional<IntegerPacking> integers) {
    return integers
        .filter(packing -> weight.dtype().isQuantised())
        .map(packing -> packing.tensors(weight).stream())
        .orElseGet(() -> Stream.of(weight.inSafetensors()));
  }

  private static SafetensorsDType type(FileTensor tensor) {
    return switch (tensor) {
      case OutputTensor rounded -> SafetensorsDType.of(rounded.dtype());
      case PackedTensor packed -> packed.dtype();
    };
  }

  private static byte[] header(List<FileTensor> tensors) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    // Says to the transformers library that tensors are laid out as its own.
    json.putObject("__metadata__").put("format", "pt");
    long position = 0;
    for (FileTensor tensor : tensors) {
      ObjectNode entry = json.putObject(tensor.name());
      entry.put("dtype", type(tensor).name());
      tensor.shape().forEach(entry.putArray("shape")::add);
      long end = Math.addExact(position, tensor.byteSize());
      entry.putArray("data_offsets").add(position).add(end);
      position = end;
    }
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(text.length, HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
    ByteBuffer header =
        ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded);
    header.put(text);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.array();
  }
}
