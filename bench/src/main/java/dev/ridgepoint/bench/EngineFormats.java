package dev.ridgepoint.bench;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The formats that the engine stores weights in, as flags name them. */
public final class EngineFormats {
  private EngineFormats() {}

  /**
   * The format of a name, in any case of letters.
   *
   * @throws InvalidInputException naming {@code flag}, if there is none
   */
  public static DType named(String flag, String name) {
    return Arrays.stream(DType.values())
        .filter(type -> type.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    flag,
                    "the engine stores weights as %s, not as \"%s\""
                        .formatted(
                            Arrays.stream(DType.values())
                                .map(EngineFormats::name)
                                .collect(Collectors.joining(", ")),
                            name)));
  }

  /**
   * As {@link #named}, for all matrices of a model.
   *
   * @throws InvalidInputException also if rows of a matrix are no whole number of its blocks
   */
  public static DType named(String flag, String name, ModelConfig config) {
    DType type = named(flag, name);
    Map<String, Integer> rows = new TreeMap<>();
    rows.put("hidden_size", config.hiddenSize());
    rows.put("intermediate_size", config.intermediateSize());
    rows.put("num_attention_heads x head_dim", config.numAttentionHeads() * config.headDim());
    rows.forEach(
        (field, elements) -> {
          if (elements % type.blockElements() != 0) {
            throw new InvalidInputException(
                flag,
                "%s stores blocks of %d, of which %s %d is no multiple"
                    .formatted(name(type), type.blockElements(), field, elements));
          }
        });
    return type;
  }

  /** What flags call a format: {@code q4_0}. */
  public static String name(DType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
