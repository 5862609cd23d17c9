package dev.ridgepoint.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Splits a GGUF file as {@code llama-gguf-split} does. */
final class GgufParts {
  private static final int UINT16 = 2;
  private static final int INT32 = 5;

  private final byte[] bytes;
  private final GgufHeader header;
  private final List<byte[]> metadata;

  GgufParts(Path original) throws IOException {
    bytes = Files.readAllBytes(original);
    header = (GgufHeader) FileHeader.read(original);
    metadata = GgufHeader.readEntries(original, "");
  }

  /**
   * Writes {@code NAME-0000N-of-0000M.gguf} into a folder.
   *
   * @param tensors of each part; may be 0 of the first
   */
  List<Path> write(Path folder, String name, int... tensors) throws IOException {
    List<TensorInfo> all = List.copyOf(header.tensors().values());
    List<Path> parts = new ArrayList<>();
    int first = 0;
    for (int part = 0; part < tensors.length; part++) {
      List<TensorInfo> own = all.subList(first, first + tensors[part]);
      first += tensors[part];
      String file =
          String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", name, part + 1, tensors.length);
      parts.add(Files.write(folder.resolve(file), part(own, part, tensors.length, all.size())));
    }
    return parts;
  }

  private byte[] part(List<TensorInfo> own, int part, int parts, int tensors) {
    List<byte[]> entries = new ArrayList<>(part == 0 ? metadata : List.of());
    entries.add(entry("split.no", UINT16, Short.BYTES, part));
    entries.add(entry("split.count", UINT16, Short.BYTES, parts));
    entries.add(entry("split.tensors.count", INT32, Integer.BYTES, tensors));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(number(GgufHeader.MAGIC, Integer.BYTES));
    out.writeBytes(number(GgufHeader.VERSION, Integer.BYTES));
    out.writeBytes(number(own.size(), Long.BYTES));
    out.writeBytes(number(entries.size(), Long.BYTES));
    entries.forEach(out::writeBytes);
    long offset = 0;
    for (TensorInfo info : own) {
      out.writeBytes(text(info.name()));
      out.writeBytes(number(info.shape().size(), Integer.BYTES));
      info.shape().reversed().forEach(size -> out.writeBytes(number(size, Long.BYTES)));
      out.writeBytes(number(((GgmlType) info.dtype()).id(), Integer.BYTES));
      out.writeBytes(number(offset, Long.BYTES));
      offset += GgufHeader.padded(info.byteSize());
    }
    for (TensorInfo info : own) {
      pad(out);
      int from = Math.toIntExact(header.dataOffset() + info.begin());
      out.writeBytes(Arrays.copyOfRange(bytes, from, from + Math.toIntExact(info.byteSize())));
    }
    pad(out);
    return out.toByteArray();
  }

  private static void pad(ByteArrayOutputStream out) {
    out.writeBytes(new byte[Math.toIntExact(GgufHeader.padded(out.size()) - out.size())]);
  }

  private static byte[] entry(String key, int type, int width, int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(text(key));
    out.writeBytes(number(type, Integer.BYTES));
    out.writeBytes(number(value, width));
    return out.toByteArray();
  }

  private static byte[] text(String value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(number(utf8.length, Long.BYTES));
    out.writeBytes(utf8);
    return out.toByteArray();
  }

  private static byte[] number(long value, int width) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return Arrays.copyOf(all, width);
  }
}
