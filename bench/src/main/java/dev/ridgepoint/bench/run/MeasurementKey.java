package dev.ridgepoint.bench.run;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a measurement depends on: with equal keys they are samples of the same, however often
 * each was repeated.
 *
 * @param benchmark class and method
 * @param parameters the benchmark's, by name
 * @param machine processor, JDK and JVM flags
 * @param code fingerprint of the measured code
 */
public record MeasurementKey(
    String benchmark, SortedMap<String, String> parameters, String machine, String code) {
  private static final int HASH_DIGITS = 24;

  public MeasurementKey {
    parameters = new TreeMap<>(parameters);
  }

  /** A name for the measurement's file: the method, to be read, and a hash of the whole key. */
  String fileName() {
    StringBuilder text = new StringBuilder();
    append(text, "benchmark", benchmark);
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      append(text, parameter.getKey(), parameter.getValue());
    }
    append(text, "machine", machine);
    append(text, "code", code);
    String hash =
        HexFormat.of().formatHex(sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
    return method + "-" + hash.substring(0, HASH_DIGITS) + ".json";
  }

  /** Lengths keep apart what plain joining could mix up. */
  private static void append(StringBuilder text, String name, String value) {
    text.append(name.length()).append(name).append(value.length()).append(value);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
