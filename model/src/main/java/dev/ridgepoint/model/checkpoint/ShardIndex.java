package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A {@code model.safetensors.index.json}: which shard holds which tensor.
 *
 * @param source the index file, for messages
 * @param weightMap the plain file name of the shard for each tensor
 */
record ShardIndex(String source, Map<String, String> weightMap) {
  private static final int MAX_BYTES = SafetensorsHeader.MAX_HEADER_BYTES;
  private static final String WEIGHT_MAP = "weight_map";

  /**
   * Reads and checks the index alone.
   *
   * @throws InvalidInputException if it cannot be read, is malformed, or names a shard outside its
   *     folder
   */
  static ShardIndex read(Path path) {
    String source = path.toString();
    byte[] bytes =
        InputFile.read(
            path,
            channel -> {
              if (channel.size() > MAX_BYTES) {
                throw new InvalidInputException(
                    source,
                    String.format(
                        Locale.ROOT,
                        "%d bytes are too many for an index; at most %d",
                        channel.size(),
                        MAX_BYTES));
              }
              return InputFile.bytes(channel, 0, (int) channel.size());
            });
    return new ShardIndex(
        source,
        JsonObjectReader.parseObject(
            source, "index", bytes, bytes.length, ShardIndex::readWeightMap));
  }

  /** The shards' file names, in the order in which the index first names them. */
  List<String> shards() {
    return weightMap.values().stream().distinct().toList();
  }

  /** Whether a tensor is to be read from this shard. */
  boolean places(String tensor, String shard) {
    return shard.equals(weightMap.get(tensor));
  }

  /**
   * Checks that nothing is lacking.
   *
   * @param found the tensors that are in the shards that the index names for them
   */
  void requireAll(Set<String> found) {
    weightMap.forEach(
        (tensor, shard) -> {
          if (!found.contains(tensor)) {
            throw new InvalidInputException(
                source,
                "%s: tensor %s is not in shard %s"
                    .formatted(WEIGHT_MAP, OneLine.quote(tensor), OneLine.quote(shard)));
          }
        });
  }

  private static Map<String, String> readWeightMap(JsonObjectReader json) {
    Map<String, String> weightMap = new LinkedHashMap<>();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      if (!name.equals(WEIGHT_MAP)) {
        json.skipValue();
        continue;
      }
      json.enterObject(() -> WEIGHT_MAP);
      for (String tensor = json.nextName(); tensor != null; tensor = json.nextName()) {
        String mapped = tensor;
        Supplier<String> what =
            () -> "%s: shard of tensor %s".formatted(WEIGHT_MAP, OneLine.quote(mapped));
        weightMap.put(tensor, requirePlainName(json, what, json.string(what)));
      }
    }
    if (weightMap.isEmpty()) {
      throw json.invalid("%s is missing or empty".formatted(WEIGHT_MAP));
    }
    return weightMap;
  }

  /** A shard lies beside its index: its name is no path on any operating system. */
  private static String requirePlainName(
      JsonObjectReader json, Supplier<String> what, String shard) {
    boolean plain =
        shard.endsWith(".safetensors")
            && !shard.startsWith(".")
            && shard.chars().noneMatch(c -> c < ' ' || "/\\:*?\"<>|".indexOf(c) >= 0);
    if (!plain) {
      throw json.invalid(
          "%s must be a plain name that ends in .safetensors, but is %s"
              .formatted(what.get(), OneLine.quote(shard)));
    }
    return shard;
  }
}
