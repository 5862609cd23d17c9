package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MeasurementStoreTest {
  private static final MeasurementKey KEY =
      new MeasurementKey("Benchmark.decode", new TreeMap<>(), "quick", "machine", "code");
  private static final JsonNode RESULT =
      JsonMapper.shared().createObjectNode().put("benchmark", "decode");

  @TempDir private Path folder;

  /** As on a full disk: a file stands where the folder should be. */
  @Test
  void whatCannotBeWrittenIsKeptAndSaid() throws IOException {
    Path taken = Files.createFile(folder.resolve("measurements"));
    MeasurementStore store = new MeasurementStore(taken);
    store.put(KEY, RESULT);
    assertEquals(Optional.of(RESULT), store.find(KEY));
    assertEquals(1, store.failures().size());
    assertTrue(store.failures().getFirst().contains(taken.toString()), store.failures().toString());
    assertEquals(Optional.empty(), new MeasurementStore(taken).find(KEY));
  }

  @Test
  void whatIsWrittenOutlivesTheStore() throws IOException {
    MeasurementStore store = new MeasurementStore(folder);
    store.put(KEY, RESULT);
    assertEquals(List.of(), store.failures());
    assertEquals(Optional.of(RESULT), new MeasurementStore(folder).find(KEY));
  }
}
