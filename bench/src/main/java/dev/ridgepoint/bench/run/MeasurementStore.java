package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finished measurements in a folder, a file for each key, in JMH's JSON format: an array of
 * results, one for each time that it was measured. A file that is damaged counts as absent. What
 * cannot be written, as on a full disk, is kept as long as the store.
 */
public final class MeasurementStore {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;
  private final Map<String, List<JsonNode>> unwritten = new HashMap<>();
  private final List<String> failures = new ArrayList<>();

  /** A store in {@code folder}, which need not exist yet. */
  public MeasurementStore(Path folder) {
    this.folder = folder;
  }

  /** The measurements of that key, the oldest first. */
  public List<JsonNode> find(MeasurementKey key) throws IOException {
    List<JsonNode> kept = unwritten.get(key.fileName());
    if (kept != null) {
      return kept;
    }
    Path file = folder.resolve(key.fileName());
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    try {
      JsonNode results = JSON.readTree(Files.readString(file));
      return results.isArray() ? List.copyOf(results.asArray().elements()) : List.of();
    } catch (JacksonException e) {
      return List.of();
    }
  }

  /** Keeps one of JMH's results beside the earlier ones of that key. */
  public void add(MeasurementKey key, JsonNode result) throws IOException {
    List<JsonNode> results = new ArrayList<>(find(key));
    results.add(result);
    try {
      AtomicFiles.write(
          folder.resolve(key.fileName()),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(results));
    } catch (IOException e) {
      unwritten.put(key.fileName(), List.copyOf(results));
      failures.add(e.getMessage());
    }
  }

  /** A line for each result that could not be written; the next run measures these again. */
  public List<String> failures() {
    return List.copyOf(failures);
  }
}
