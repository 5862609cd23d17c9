package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MeasurementStoreTest {
  private static final MeasurementKey KEY =
      new MeasurementKey("Benchmark.decode", new TreeMap<>(), "machine", "code");
  private static final JsonNode RESULT =
      JsonMapper.shared().createObjectNode().put("benchmark", "decode");

  private static final JsonNode OTHER =
      JsonMapper.shared().createObjectNode().put("benchmark", "prefill");

  @TempDir private Path folder;

  /** As on a full disk: a file stands where the folder should be. */
  @Test
  void whatCannotBeWrittenIsKeptAndSaid() throws IOException {
    Path taken = Files.createFile(folder.resolve("measurements"));
    MeasurementStore store = new MeasurementStore(taken);
    store.add(KEY, RESULT);
    assertEquals(List.of(RESULT), store.find(KEY));
    assertEquals(1, store.failures().size());
    assertTrue(store.failures().getFirst().contains(taken.toString()), store.failures().toString());
    assertEquals(List.of(), new MeasurementStore(taken).find(KEY));
  }

  @Test
  void whatIsWrittenOutlivesTheStore() throws IOException {
    MeasurementStore store = new MeasurementStore(folder);
    store.add(KEY, RESULT);
    assertEquals(List.of(), store.failures());
    assertEquals(List.of(RESULT), new MeasurementStore(folder).find(KEY));
  }

  @Test
  void laterResultsStandBesideTheEarlierOnes() throws IOException {
    new MeasurementStore(folder).add(KEY, RESULT);
    MeasurementStore later = new MeasurementStore(folder);
    later.add(KEY, OTHER);
    assertEquals(List.of(RESULT, OTHER), later.find(KEY));
    assertEquals(List.of(RESULT, OTHER), new MeasurementStore(folder).find(KEY));
  }

  @Test
  void aDamagedFileCountsAsAbsent() throws IOException {
    MeasurementStore store = new MeasurementStore(folder);
    store.add(KEY, RESULT);
    Files.writeString(folder.resolve(KEY.fileName()), "[{\"benchmark\":");
    assertEquals(List.of(), store.find(KEY));
    store.add(KEY, OTHER);
    assertEquals(List.of(OTHER), store.find(KEY));
  }
}
