package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * The header of a GGUF file of version 2 or 3, checked: what it says is true of a file of its size.
 * The format is the magic {@code GGUF}, a version, the numbers of tensors and of metadata entries,
 * these entries, the tensors' names, shapes, types and offsets, and after some padding their bytes.
 * Everything is little-endian; shapes are written innermost dimension first.
 *
 * @param source the file, for messages
 * @param entries the metadata by key, in the file's order
 * @param tensors all tensors by name, in the order of their bytes, each padded to the alignment
 * @param dataOffset bytes before the first tensor
 * @param dataBytes bytes from the first tensor to the end of the last
 */
record GgufHeader(
    String source,
    SequencedMap<String, GgufValue> entries,
    SequencedMap<String, TensorInfo> tensors,
    long dataOffset,
    long dataBytes)
    implements FileHeader {

  /** {@code GGUF}. */
  static final int MAGIC = 0x46554747;

  /** The version that is written. */
  static final int VERSION = 3;

  /** Bytes that the data and every tensor are aligned to where {@link #ALIGNMENT} is not given. */
  static final int DEFAULT_ALIGNMENT = 32;

  static final String ALIGNMENT = "general.alignment";

  private static final int LEAST_VERSION = 2;
  private static final int MAX_DIMENSIONS = 4;
  // A key's length, its first letter, the value's type and the value; a name's length and first
  // letter, the number of dimensions, the type and the offset.
  private static final int LEAST_ENTRY_BYTES = 8 + 1 + 4 + 1;
  private static final int LEAST_TENSOR_BYTES = 8 + 1 + 4 + 4 + 8;

  public GgufHeader {
    entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
    tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
  }

  static GgufHeader read(String source, FileChannel channel) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return parse(source, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
    }
  }

  /**
   * Parses a file's header.
   *
   * @param source the file, for messages
   * @param file all its bytes
   * @throws InvalidInputException if the header does not hold
   */
  static GgufHeader parse(String source, MemorySegment file) {
    GgufReader in = new GgufReader(source, file);
    requireMagicAndVersion(in, file);
    long tensorCount = in.count(LEAST_TENSOR_BYTES, () -> "tensor count");
    long entryCount = in.count(LEAST_ENTRY_BYTES, () -> "metadata count");
    SequencedMap<String, GgufValue> entries = new LinkedHashMap<>();
    for (long i = 0; i < entryCount; i++) {
      readEntry(in, i, entries);
    }
    List<TensorInfo> infos = new ArrayList<>();
    for (long i = 0; i < tensorCount; i++) {
      infos.add(readTensor(in, i));
    }
    long alignment = alignment(in, entries);
    long dataOffset = padded(in.position(), alignment);
    long available = Math.max(0, file.byteSize() - dataOffset);
    SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
    long expected = 0;
    long end = 0;
    for (TensorInfo info : infos) {
      requirePlace(in, info, expected, available);
      if (tensors.put(info.name(), info) != null) {
        throw in.invalid("tensor %s is there twice".formatted(OneLine.quote(info.name())));
      }
      end = info.end();
      expected = padded(end, alignment);
    }
    return new GgufHeader(
        source, entries, tensors, tensors.isEmpty() ? in.position() : dataOffset, end);
  }

  /** The bytes of those metadata entries of a file whose keys begin with {@code prefix}. */
  static List<byte[]> readEntries(Path path, String prefix) {
    return InputFile.read(
        path,
        channel -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            return entries(path.toString(), file, prefix);
          }
        });
  }

  private static List<byte[]> entries(String source, MemorySegment file, String prefix) {
    GgufReader in = new GgufReader(source, file);
    requireMagicAndVersion(in, file);
    in.count(LEAST_TENSOR_BYTES, () -> "tensor count");
    long entryCount = in.count(LEAST_ENTRY_BYTES, () -> "metadata count");
    List<byte[]> found = new ArrayList<>();
    SequencedMap<String, GgufValue> entries = new LinkedHashMap<>();
    for (long i = 0; i < entryCount; i++) {
      long start = in.position();
      readEntry(in, i, entries);
      if (entries.lastEntry().getKey().startsWith(prefix)) {
        found.add(file.asSlice(start, in.position() - start).toArray(ValueLayout.JAVA_BYTE));
      }
    }
    return found;
  }

  @Override
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    entries.forEach((key, value) -> metadata.put(key, value.toString()));
    return metadata;
  }

  @Override
  public String supportedTypes() {
    return StorageType.engineDTypes(GgmlType.values());
  }

  private static void requireMagicAndVersion(GgufReader in, MemorySegment file) {
    long magic = in.uint32(() -> "the magic");
    if (magic != MAGIC) {
      byte[] first = new byte[(int) Math.min(file.byteSize(), 16)];
      MemorySegment.copy(file, 0, MemorySegment.ofArray(first), 0, first.length);
      throw in.invalid(
          String.format(
              Locale.ROOT,
              "not a GGUF file: it begins with 0x%08x%s",
              Integer.reverseBytes((int) magic),
              FileKind.of(first).map(kind -> "; it looks like " + kind).orElse("")));
    }
    long version = in.uint32(() -> "the version");
    if (version < LEAST_VERSION || version > VERSION) {
      boolean bigEndian = Integer.reverseBytes((int) version) == VERSION;
      throw in.invalid(
          String.format(
              Locale.ROOT,
              "GGUF version %d is not supported; versions 2 and 3 are%s",
              version,
              bigEndian ? "; the file is big-endian" : ""));
    }
  }

  private static void readEntry(GgufReader in, long index, Map<String, GgufValue> entries) {
    String key = in.name(() -> "key of metadata entry " + index);
    // Built only for a message: a header may have a million entries.
    Supplier<String> what = () -> "key " + OneLine.quote(key);
    GgufValue value = in.value(in.valueType(what), what);
    if (entries.put(key, value) != null) {
      throw in.invalid("%s is there twice".formatted(what.get()));
    }
  }

  private static TensorInfo readTensor(GgufReader in, long index) {
    String name = in.name(() -> "name of tensor " + index);
    Supplier<String> what = () -> "tensor " + OneLine.quote(name);
    long dimensions = in.uint32(() -> what.get() + ": number of dimensions");
    if (dimensions > MAX_DIMENSIONS) {
      throw in.invalid(
          String.format(
              Locale.ROOT,
              "%s: %d dimensions; at most %d",
              what.get(),
              dimensions,
              MAX_DIMENSIONS));
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < dimensions; i++) {
      shape.addFirst(in.uint63(() -> what.get() + ": dimension"));
    }
    long typeId = in.uint32(() -> what.get() + ": type");
    GgmlType type =
        GgmlType.of(typeId)
            .orElseThrow(
                () ->
                    in.invalid(
                        String.format(Locale.ROOT, "%s: unknown type %d", what.get(), typeId)));
    long rowElements = shape.isEmpty() ? 1 : shape.getLast();
    if (rowElements % type.blockElements() != 0) {
      throw in.invalid(
          String.format(
              Locale.ROOT,
              "%s: rows of %d; %s needs a multiple of %d",
              what.get(),
              rowElements,
              type,
              type.blockElements()));
    }
    long offset = in.uint63(() -> what.get() + ": offset");
    try {
      long bytes = type.bytes(shape.stream().reduce(1L, Math::multiplyExact));
      return new TensorInfo(name, type, shape, offset, Math.addExact(offset, bytes));
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          in.source(),
          String.format(
              Locale.ROOT,
              "%s: %s %s at %d has no end below 2^63",
              what.get(),
              type,
              shape,
              offset),
          e);
    }
  }

  private static long alignment(GgufReader in, Map<String, GgufValue> entries) {
    return switch (entries.get(ALIGNMENT)) {
      case null -> DEFAULT_ALIGNMENT;
      case GgufValue.Whole(BigInteger value) when isAlignment(value) -> value.longValueExact();
      case GgufValue other ->
          throw in.invalid(
              "key \"%s\" must be a power of two below 2^32, but is %s"
                  .formatted(ALIGNMENT, OneLine.of(other.toString())));
    };
  }

  private static boolean isAlignment(BigInteger value) {
    return value.signum() > 0 && value.bitCount() == 1 && value.bitLength() <= Integer.SIZE;
  }

  /** Bytes with what the default alignment adds. */
  static long padded(long bytes) {
    return padded(bytes, DEFAULT_ALIGNMENT);
  }

  private static long padded(long bytes, long alignment) {
    return Math.ceilDiv(bytes, alignment) * alignment;
  }

  /** Tensors follow each other in the header's order, without overlap or hole but the padding. */
  private static void requirePlace(GgufReader in, TensorInfo info, long expected, long available) {
    if (info.begin() != expected) {
      throw in.invalid(
          String.format(
              Locale.ROOT,
              "tensor %s: offset %d must be %d: there is %s before it",
              OneLine.quote(info.name()),
              info.begin(),
              expected,
              info.begin() > expected ? "a hole" : "an overlap"));
    }
    if (info.end() > available) {
      throw in.invalid(
          String.format(
              Locale.ROOT,
              "tensor %s: its bytes %d to %d pass the end of the data, which has %d",
              OneLine.quote(info.name()),
              info.begin(),
              info.end(),
              available));
    }
  }
}
