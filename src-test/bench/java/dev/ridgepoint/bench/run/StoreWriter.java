package dev.ridgepoint.bench.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A program that keeps one measurement after another, if it is not yet, and names them. */
final class StoreWriter {
  private StoreWriter() {}

  /** Arguments: the folder, and how many measurements. */
  public static void main(String[] arguments) throws IOException {
    MeasurementStore store = new MeasurementStore(Path.of(arguments[0]));
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      if (store.find(key(i)).isEmpty()) {
        store.add(key(i), result(i));
      }
      // In one write: a line is there whole or not at all.
      System.out.print(i + "\n");
      System.out.flush();
    }
    store.failures().forEach(System.err::println);
  }

  static MeasurementKey key(int i) {
    return new MeasurementKey(
        "Benchmark.decode", new TreeMap<>(Map.of("i", "" + i)), "machine", "code");
  }

  /** Some pages of a file. */
  static JsonNode result(int i) {
    return JsonMapper.shared().createObjectNode().put("i", i).put("rest", "x".repeat(20_000));
  }
}
