package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finished measurements in a folder, each a file in JMH's JSON format: an array of one result. A
 * file that is damaged counts as absent.
 */
public final class MeasurementStore {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;

  /** A store in {@code folder}, which need not exist yet. */
  public MeasurementStore(Path folder) {
    this.folder = folder;
  }

  /** The measurement of that key, if it was finished. */
  public Optional<JsonNode> find(MeasurementKey key) throws IOException {
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
  public void put(MeasurementKey key, JsonNode result) throws IOException {
    AtomicFiles.write(
        folder.resolve(key.fileName()),
        JSON.writerWithDefaultPrettyPrinter()
            .writeValueAsString(JSON.createArrayNode().add(result)));
  }
}
