package dev.ridgepoint.estimator.hardware;

import dev.ridgepoint.estimator.input.ClosestNames;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Devices known by name. The resource {@code devices.json} holds an object per device, with the
 * fields told at {@link #read}, and {@code aliases}: other names of it. A family's plain name means
 * its common member: {@code H100} and {@code A100} are the SXM modules with 80 GB.
 */
public final class DeviceCatalog {
  private static final String RESOURCE = "devices.json";

  private DeviceCatalog() {}

  /** All devices, in the order to show them. */
  public static List<Device> all() {
    ObjectNode devices = devices();
    return devices.propertyNames().stream().map(name -> device(devices, name)).toList();
  }

  /**
   * The device of a name or an alias; case, spaces and punctuation do not matter.
   *
   * @throws InvalidInputException if there is none; names the closest ones
   */
  public static Device named(String name) {
    ObjectNode devices = devices();
    Map<String, String> names = namesByAlias(devices);
    String wanted = plain(name);
    return names.entrySet().stream()
        .filter(entry -> plain(entry.getKey()).equals(wanted))
        .findFirst()
        .map(entry -> device(devices, entry.getValue()))
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "device",
                    "\"%s\" is not known; the closest are %s"
                        .formatted(
                            StrictJson.cut(name),
                            String.join(", ", ClosestNames.of(name, names.keySet())))));
  }

  /**
   * A user's own device: a JSON object with
   *
   * <ul>
   *   <li>{@code name}
   *   <li>{@code kind}: {@code GPU}, {@code ACCELERATOR} or {@code CPU}
   *   <li>{@code peakFlopsPerSecond}: an object of {@link ComputeDtype} to FLOP/s, dense
   *   <li>{@code memoryBytesPerSecond}
   *   <li>{@code source}: where these are from
   *   <li>where known: {@code memoryMiB} as the driver reports it; {@code isMemoryShared} if the
   *       CPU has it too, {@code hasOnePipe} as told at {@link Device}, {@code linkBytesPerSecond}
   *       (one direction), {@code watts}, {@code listPrice} and {@code cloudPricePerHour} (each
   *       with {@code dollars}, {@code asOf} and {@code source}), {@code measuredMatmul} ({@code
   *       dtype}, {@code flopsPerSecond}, {@code source}), {@code confidence} ({@code HIGH}, {@code
   *       MEDIUM}, {@code LOW}), {@code note}
   * </ul>
   *
   * <p>Usable memory is {@code memoryMiB} less 1 GiB for the driver; of a shared memory, 75 %; of a
   * CPU, all of it.
   *
   * @throws InvalidInputException one line with file, field and value
   */
  public static Device read(Path file) {
    JsonFields json = new JsonFields(file.toString(), StrictJson.readObject(file));
    Set<String> fields = new HashSet<>(DeviceReader.FIELDS);
    fields.add("name");
    json.requireOnly(fields);
    return DeviceReader.read(json.requiredString("name"), json);
  }

  private static Device device(ObjectNode devices, String name) {
    return DeviceReader.read(name, new JsonFields(name, (ObjectNode) devices.get(name)));
  }

  /** Each name and alias with the name. */
  private static Map<String, String> namesByAlias(ObjectNode devices) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String name : devices.propertyNames()) {
      names.put(name, name);
      JsonFields json = new JsonFields(name, (ObjectNode) devices.get(name));
      if (json.has("aliases")) {
        json.requiredStrings("aliases").forEach(alias -> names.put(alias, name));
      }
    }
    return names;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9+]", "");
  }

  private static ObjectNode devices() {
    try (InputStream in = DeviceCatalog.class.getResourceAsStream(RESOURCE)) {
      return StrictJson.parseObject(
          RESOURCE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }
}
