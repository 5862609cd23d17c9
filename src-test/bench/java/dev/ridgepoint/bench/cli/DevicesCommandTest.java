package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DevicesCommandTest {
  @TempDir private Path folder;

  @Test
  void listsTheCatalogue() {
    List<Map<String, String>> rows = CommandRun.ofLine("devices --csv").csv();
    assertEquals(DeviceCatalog.all().size(), rows.size());
    Map<String, String> h100 =
        rows.stream().filter(row -> row.get("name").equals("H100 SXM5 80GB")).findFirst().get();
    double peak = Double.parseDouble(h100.get("peakFlopsPerSecondBF16"));
    double bandwidth = Double.parseDouble(h100.get("memoryBytesPerSecond"));
    assertEquals(989e12, peak, 1e12);
    assertEquals(peak / bandwidth, Double.parseDouble(h100.get("ridgePoint")), 1e-9);
  }

  @Test
  void tellsEverythingOfOne() {
    JsonNode byAlias = CommandRun.ofLine("devices h100 --json").json();
    assertEquals("H100 SXM5 80GB", byAlias.at("/device/name").asString());
    String text = CommandRun.ofLine("devices h100").text();
    assertTrue(text.contains("  link, one direction       450 GB/s"), text);
    assertTrue(text.contains("as of                   20"), text);
    for (String line : CommandRun.ofLine("devices").text().lines().toList()) {
      assertTrue(line.length() <= 100, line);
    }
  }

  @Test
  void readsAUsersOwn() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("mine.json"),
            "{\"name\": \"mine\", \"kind\": \"CPU\", \"peakFlopsPerSecond\": {\"F32\": 2e11},"
                + " \"memoryBytesPerSecond\": 1e10, \"source\": \"test\"}");
    JsonNode json = CommandRun.of("estimate", "tiny", "--device", file.toString(), "--json").json();
    assertEquals(20, json.at("/device/ridgePoint").asDouble());
  }
}
