package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The JSON of a safetensors header: every entry is well-formed and as long as its type and shape
 * say, but where the entries lie in relation to each other and to the file is not yet checked.
 *
 * @param metadata the strings of {@code __metadata__}
 * @param tensors all entries, in the header's order
 */
record HeaderJson(Map<String, String> metadata, List<TensorInfo> tensors) {
  private static final String METADATA = "__metadata__";
  private static final int MAX_RANK = 1024;

  static HeaderJson parse(String source, byte[] header) {
    int length = lengthWithoutPadding(source, header);
    return JsonObjectReader.parseObject(source, "header", header, length, HeaderJson::read);
  }

  /** The format allows nothing but spaces after the object, and nothing at all before it. */
  private static int lengthWithoutPadding(String source, byte[] header) {
    int length = header.length;
    while (length > 0 && header[length - 1] == ' ') {
      length--;
    }
    if (length == 0) {
      throw new InvalidInputException(source, "the header is empty");
    }
    if (header[0] != '{') {
      throw new InvalidInputException(
          source,
          String.format(
              Locale.ROOT,
              "the header must begin with '{', but begins with byte 0x%02x",
              header[0]));
    }
    if (header[length - 1] != '}') {
      throw new InvalidInputException(
          source,
          String.format(
              Locale.ROOT,
              "the header must end with '}' and spaces, but ends with byte 0x%02x",
              header[length - 1]));
    }
    return length;
  }

  private static HeaderJson read(JsonObjectReader json) {
    Map<String, String> metadata = new LinkedHashMap<>();
    List<TensorInfo> tensors = new ArrayList<>();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      if (name.equals(METADATA)) {
        readMetadata(json, metadata);
      } else {
        tensors.add(readTensor(json, name));
      }
    }
    return new HeaderJson(metadata, tensors);
  }

  private static void readMetadata(JsonObjectReader json, Map<String, String> metadata) {
    json.enterObject(() -> METADATA);
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      String entry = key;
      metadata.put(key, json.string(() -> METADATA + " entry " + OneLine.quote(entry)));
    }
  }

  private static TensorInfo readTensor(JsonObjectReader json, String name) {
    // Built only for a message: a header may have a million entries.
    Supplier<String> what = () -> "tensor " + OneLine.quote(name);
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    json.enterObject(what);
    for (String field = json.nextName(); field != null; field = json.nextName()) {
      switch (field) {
        case "dtype" -> dtype = json.string(() -> what.get() + ": dtype");
        case "shape" -> shape = json.naturals(() -> what.get() + ": shape", MAX_RANK);
        case "data_offsets" -> offsets = json.naturals(() -> what.get() + ": data_offsets", 2);
        default ->
            throw json.invalid("%s: unknown field %s".formatted(what.get(), OneLine.quote(field)));
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw json.invalid("%s has no %s".formatted(what.get(), missing));
    }
    Optional<SafetensorsDType> known = SafetensorsDType.named(dtype);
    if (known.isEmpty()) {
      throw json.invalid("%s: unknown dtype %s".formatted(what.get(), OneLine.quote(dtype)));
    }
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw json.invalid("%s: data_offsets %s are no [begin, end]".formatted(what.get(), offsets));
    }
    TensorInfo tensor = new TensorInfo(name, known.get(), shape, offsets.get(0), offsets.get(1));
    requireExactSpan(json, what, tensor);
    return tensor;
  }

  private static void requireExactSpan(
      JsonObjectReader json, Supplier<String> what, TensorInfo tensor) {
    long bytes;
    try {
      bytes = tensor.dtype().bytes(tensor.elements());
    } catch (ArithmeticException e) {
      throw json.invalid(
          "%s: %s %s has no size in whole bytes below 2^63"
              .formatted(what.get(), tensor.dtype(), OneLine.of(tensor.shape().toString())));
    }
    if (bytes != tensor.byteSize()) {
      throw json.invalid(
          String.format(
              Locale.ROOT,
              "%s: %s %s needs %d bytes, but data_offsets [%d, %d] span %d",
              what.get(),
              tensor.dtype(),
              OneLine.of(tensor.shape().toString()),
              bytes,
              tensor.begin(),
              tensor.end(),
              tensor.byteSize()));
    }
  }
}
