package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** What the head of a file says of the tensors in it, checked: true of a file of its size. */
public sealed interface FileHeader permits SafetensorsHeader, GgufHeader {
  /** The file, for messages. */
  String source();

  /** What else the file says of itself, in words. */
  Map<String, String> metadata();

  /** All tensors by name, in the order of their bytes. */
  SequencedMap<String, TensorInfo> tensors();

  /** Bytes before the first tensor. */
  long dataOffset();

  /** Bytes from the first tensor to the end of the last. */
  long dataBytes();

  /** The storage types that the engine computes with, in words. */
  String supportedTypes();

  /**
   * Reads the header of a GGUF or a safetensors file.
   *
   * @throws InvalidInputException if the file cannot be read or its header does not hold
   */
  static FileHeader read(Path path) {
    return InputFile.read(path, channel -> read(path, channel));
  }

  /** As {@link #read(Path)}, from the open file. */
  static FileHeader read(Path path, FileChannel channel) throws IOException {
    return hasGgufName(path) || beginsAsGguf(channel)
        ? GgufHeader.read(path.toString(), channel)
        : SafetensorsHeader.read(path.toString(), channel);
  }

  /** Whether a file is to be read as GGUF: by its first bytes, whatever its name, or its name. */
  static boolean isGguf(Path path) {
    return hasGgufName(path)
        || (Files.isRegularFile(path) && InputFile.read(path, FileHeader::beginsAsGguf));
  }

  /** Whether a file that may not be there yet is named as GGUF files are. */
  static boolean hasGgufName(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".gguf");
  }

  private static boolean beginsAsGguf(FileChannel channel) throws IOException {
    return channel.size() >= Integer.BYTES
        && ByteBuffer.wrap(InputFile.bytes(channel, 0, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt()
            == GgufHeader.MAGIC;
  }
}
