package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementKeyTest {
  @TempDir private Path folder;

  @Test
  void equalKeysShareAFile() {
    assertEquals(
        key("a.B.run", Map.of("x", "1", "y", "2"), "m").fileName(),
        key("a.B.run", Map.of("y", "2", "x", "1"), "m").fileName());
    assertTrue(key("a.B.run", Map.of(), "m").fileName().matches("run-[0-9a-f]{24}\\.json"));
  }

  @Test
  void everyPartCounts() {
    String name = key("a.B.run", Map.of("x", "1"), "m").fileName();
    assertNotEquals(name, key("a.C.run", Map.of("x", "1"), "m").fileName());
    assertNotEquals(name, key("a.B.run", Map.of("x", "2"), "m").fileName());
    assertNotEquals(name, key("a.B.run", Map.of("z", "1"), "m").fileName());
    assertNotEquals(name, key("a.B.run", Map.of("x", "1"), "n").fileName());
  }

  @Test
  void partsDoNotRunIntoEachOther() {
    assertNotEquals(
        key("run", Map.of("x", "1y2"), "m").fileName(),
        key("run", Map.of("x", "1", "y", "2"), "m").fileName());
  }

  @Test
  void fingerprintFollowsNamesAndBytes() throws IOException {
    Path file = Files.writeString(folder.resolve("A.class"), "1");
    String before = CodeFingerprint.of(folder);
    assertEquals(before, CodeFingerprint.of(folder));
    Files.writeString(file, "2");
    assertNotEquals(before, CodeFingerprint.of(folder));
    Files.writeString(file, "1");
    assertEquals(before, CodeFingerprint.of(folder));
    Files.move(file, folder.resolve("B.class"));
    assertNotEquals(before, CodeFingerprint.of(folder));
  }

  private static MeasurementKey key(
      String benchmark, Map<String, String> parameters, String machine) {
    return new MeasurementKey(benchmark, new TreeMap<>(parameters), machine, "code");
  }
}
