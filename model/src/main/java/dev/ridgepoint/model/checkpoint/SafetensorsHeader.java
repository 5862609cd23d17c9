package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The header of a safetensors file, checked: what it says is true of a file of its size. The format
 * is an unsigned 64-bit little-endian length, that many bytes of JSON, and the tensors' bytes.
 *
 * @param source the file, for messages
 * @param metadata the free text of {@code __metadata__}
 * @param tensors all tensors by name, in the order of their bytes, which follow each other without
 *     overlap or hole from the header's end to the file's end
 * @param dataOffset bytes before the first tensor
 * @param dataBytes bytes of all tensors
 */
public record SafetensorsHeader(
    String source,
    Map<String, String> metadata,
    SequencedMap<String, TensorInfo> tensors,
    long dataOffset,
    long dataBytes)
    implements FileHeader {

  /** Longest header that the reference implementation reads, in bytes. */
  public static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int PREFIX_BYTES = Long.BYTES;

  public SafetensorsHeader {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
  }

  static SafetensorsHeader read(String source, FileChannel channel) throws IOException {
    long fileBytes = channel.size();
    byte[] prefix = InputFile.bytes(channel, 0, (int) Math.min(fileBytes, PREFIX_BYTES));
    int headerBytes = headerBytes(source, prefix, fileBytes);
    byte[] header = InputFile.bytes(channel, PREFIX_BYTES, headerBytes);
    return parse(source, header, fileBytes - PREFIX_BYTES - headerBytes);
  }

  /**
   * Parses a header's JSON.
   *
   * @param source the file, for messages
   * @param header the bytes between the length and the data
   * @param dataBytes bytes of the file after the header
   * @throws InvalidInputException if the header does not hold
   */
  static SafetensorsHeader parse(String source, byte[] header, long dataBytes) {
    HeaderJson json = HeaderJson.parse(source, header);
    List<TensorInfo> inDataOrder =
        json.tensors().stream()
            .sorted(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end))
            .toList();
    SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
    long position = 0;
    for (TensorInfo tensor : inDataOrder) {
      if (tensor.begin() != position) {
        throw new InvalidInputException(
            source,
            String.format(
                Locale.ROOT,
                "tensor %s: data_offsets [%d, %d] must begin at %d: there is %s before them",
                OneLine.quote(tensor.name()),
                tensor.begin(),
                tensor.end(),
                position,
                tensor.begin() > position ? "a hole" : "an overlap"));
      }
      position = tensor.end();
      tensors.put(tensor.name(), tensor);
    }
    if (position != dataBytes) {
      String last = inDataOrder.isEmpty() ? "none" : OneLine.quote(inDataOrder.getLast().name());
      throw new InvalidInputException(
          source,
          String.format(
              Locale.ROOT,
              "the file has %d bytes of data, but its tensors (last: %s) take %d",
              dataBytes,
              last,
              position));
    }
    return new SafetensorsHeader(
        source, json.metadata(), tensors, PREFIX_BYTES + (long) header.length, dataBytes);
  }

  @Override
  public String supportedTypes() {
    return StorageType.engineDTypes(SafetensorsDType.values());
  }

  private static int headerBytes(String source, byte[] prefix, long fileBytes) {
    if (fileBytes < PREFIX_BYTES) {
      throw new InvalidInputException(
          source,
          String.format(Locale.ROOT, "%d bytes are too few for a safetensors file", fileBytes));
    }
    long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    long most = Math.min(MAX_HEADER_BYTES, fileBytes - PREFIX_BYTES);
    if (Long.compareUnsigned(length, most) > 0) {
      throw new InvalidInputException(
          source,
          String.format(
              Locale.ROOT,
              "header length %s exceeds %d, the most for a file of %d bytes%s",
              Long.toUnsignedString(length),
              most,
              fileBytes,
              FileKind.of(prefix).map(kind -> "; it looks like " + kind).orElse("")));
    }
    return (int) length;
  }
}
