package dev.ridgepoint.estimator.hardware;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads devices from JSON; the fields are told at {@link DeviceCatalog#read}. */
final class DeviceReader {
  /**
   * An allowance for what a driver keeps for itself: the context of CUDA and its libraries took 781
   * MB in pytorch/pytorch issue 34323.
   */
  private static final long DRIVER_BYTES = 1L << 30;

  /**
   * What the GPU may take of a memory that it shares with the CPU: macOS's default limit is 75 %
   * (gpustack/gpustack issue 1375), 11.84 of 16 GB (AlexsJones/llmfit pull request 754).
   */
  private static final double SHARED_MEMORY_SHARE = 0.75;

  private static final int MEBIBYTE_BITS = 20;

  /** A pebibyte; beyond it bytes might pass 2^63. */
  private static final int MAX_MEMORY_MIB = 1 << 30;

  static final Set<String> FIELDS =
      Set.of(
          "kind",
          "peakFlopsPerSecond",
          "memoryMiB",
          "isMemoryShared",
          "memoryBytesPerSecond",
          "hasOnePipe",
          "linkBytesPerSecond",
          "watts",
          "listPrice",
          "cloudPricePerHour",
          "measuredMatmul",
          "source",
          "confidence",
          "note");

  private DeviceReader() {}

  /**
   * @throws InvalidInputException one line with source, field and value
   */
  static Device read(String name, JsonFields json) {
    Device.Kind kind = enumConstant(json, "kind", Device.Kind.class);
    try {
      return new Device(
          name,
          kind,
          peaks(json.requiredObject("peakFlopsPerSecond")),
          memoryBytes(json, kind),
          json.booleanOr("isMemoryShared", false),
          json.requiredDouble("memoryBytesPerSecond"),
          json.booleanOr("hasOnePipe", false),
          optionalDouble(json, "linkBytesPerSecond"),
          optionalDouble(json, "watts"),
          price(json, "listPrice"),
          price(json, "cloudPricePerHour"),
          measuredMatmul(json),
          json.requiredString("source"),
          json.has("confidence")
              ? Optional.of(enumConstant(json, "confidence", Device.Confidence.class))
              : Optional.empty(),
          json.has("note") ? Optional.of(json.requiredString("note")) : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw json.invalid(e);
    }
  }

  private static Map<ComputeDtype, Double> peaks(JsonFields json) {
    json.requireOnly(
        Arrays.stream(ComputeDtype.values()).map(Enum::name).collect(Collectors.toSet()));
    Map<ComputeDtype, Double> peaks = new EnumMap<>(ComputeDtype.class);
    for (ComputeDtype dtype : ComputeDtype.values()) {
      if (json.has(dtype.name())) {
        peaks.put(dtype, json.requiredDouble(dtype.name()));
      }
    }
    return peaks;
  }

  private static OptionalLong memoryBytes(JsonFields json, Device.Kind kind) {
    if (!json.has("memoryMiB")) {
      return OptionalLong.empty();
    }
    int mebibytes = json.requiredInt("memoryMiB");
    if (mebibytes < 1 || mebibytes > MAX_MEMORY_MIB) {
      throw json.invalid(
          "memoryMiB",
          String.format(Locale.ROOT, "must lie in 1..%d, but is %d", MAX_MEMORY_MIB, mebibytes));
    }
    long bytes = (long) mebibytes << MEBIBYTE_BITS;
    if (json.booleanOr("isMemoryShared", false)) {
      return OptionalLong.of((long) (bytes * SHARED_MEMORY_SHARE));
    }
    if (kind == Device.Kind.CPU) {
      return OptionalLong.of(bytes);
    }
    if (bytes <= DRIVER_BYTES) {
      throw json.invalid(
          "memoryMiB", "must exceed the 1024 that the driver takes, but is " + mebibytes);
    }
    return OptionalLong.of(bytes - DRIVER_BYTES);
  }

  private static OptionalDouble optionalDouble(JsonFields json, String field) {
    return json.has(field) ? OptionalDouble.of(json.requiredDouble(field)) : OptionalDouble.empty();
  }

  private static Optional<Device.Price> price(JsonFields json, String field) {
    if (!json.has(field)) {
      return Optional.empty();
    }
    JsonFields price = json.requiredObject(field);
    price.requireOnly(Set.of("dollars", "asOf", "source"));
    try {
      return Optional.of(
          new Device.Price(
              price.requiredDouble("dollars"),
              date(price, "asOf"),
              price.requiredString("source")));
    } catch (IllegalArgumentException e) {
      throw price.invalid(e);
    }
  }

  private static LocalDate date(JsonFields json, String field) {
    String text = json.requiredString(field);
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw json.invalid(field, "must be a date such as 2026-11-20, but is \"" + text + "\"");
    }
  }

  private static Optional<Device.MatmulRate> measuredMatmul(JsonFields json) {
    if (!json.has("measuredMatmul")) {
      return Optional.empty();
    }
    JsonFields rate = json.requiredObject("measuredMatmul");
    rate.requireOnly(Set.of("dtype", "flopsPerSecond", "source"));
    try {
      return Optional.of(
          new Device.MatmulRate(
              enumConstant(rate, "dtype", ComputeDtype.class),
              rate.requiredDouble("flopsPerSecond"),
              rate.requiredString("source")));
    } catch (IllegalArgumentException e) {
      throw rate.invalid(e);
    }
  }

  private static <E extends Enum<E>> E enumConstant(JsonFields json, String field, Class<E> type) {
    String text = json.requiredString(field);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                json.invalid(
                    field,
                    "must be one of %s, but is \"%s\""
                        .formatted(
                            Arrays.stream(type.getEnumConstants())
                                .map(Enum::name)
                                .collect(Collectors.joining(", ")),
                            StrictJson.cut(text))));
  }
}
