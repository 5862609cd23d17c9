package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finished measurements in a folder, each a file in JMH's JSON format: an array of one result. A
 * file that is damaged counts as absent. What cannot be written, as on a full disk, is kept as long
 * as the store.
 */
public final class MeasurementStore {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;
  private final Map<String, JsonNode> unwritten = new HashMap<>();
  private final List<String> failures = new ArrayList<>();

  /** A store in {@code folder}, which need not exist yet. */
  public MeasurementStore(Path folder) {
    this.folder = folder;
  }

  /** The measurement of that key, if it was finished. */
  public Optional<JsonNode> find(MeasurementKey key) throws IOException {
    JsonNode kept = unwritten.get(key.fileName());
    if (kept != null) {
      return Optional.of(kept);
    }
    Path file = folder.resolve(key.fileName());
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonNode results = JSON.readTree(Files.readString(file));
      return results.isArray() && results.size() == 1
          ? Optional.of(results.get(0))
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** Keeps one of JMH's results. */
  public void put(MeasurementKey key, JsonNode result) {
    try {
      AtomicFiles.write(
          folder.resolve(key.fileName()),
          JSON.writerWithDefaultPrettyPrinter()
              .writeValueAsString(JSON.createArrayNode().add(result)));
    } catch (IOException e) {
      unwritten.put(key.fileName(), result);
      failures.add(e.getMessage());
    }
  }

  /** A line for each result that could not be written; the next run measures these again. */
  public List<String> failures() {
    return List.copyOf(failures);
  }
}
