package dev.ridgepoint.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.config.ModelCatalog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PeersTableTest {

  @Test
  void alignsAndExplains() {
    Comparison product =
        new Comparison(
            new Workload.Product("matmul", 1000, 1000, 1000),
            DType.F32,
            1,
            "OpenBLAS",
            List.of(new Comparison.Pair(0.02, 0.01), new Comparison.Pair(0.02, 0.012)));
    Comparison decode =
        new Comparison(
            new Workload.Decode("tiny", ModelCatalog.get("tiny"), 128),
            DType.BF16,
            16,
            "Jlama",
            List.of(new Comparison.Pair(0.0001, 0.0025)));
    PeersReport report =
        new PeersReport(
            "Some CPU",
            "some JDK",
            2,
            List.of(product, decode),
            new TreeMap<>(Map.of("OpenBLAS", new Identity("1.2", "kernels for Z80", ""))),
            new TreeMap<>(Map.of("llama.cpp", "no library")));
    String text = PeersTable.text(report);
    List<String> lines = text.lines().toList();
    assertEquals(
        """
        Some CPU, some JDK
          work                   engine    dtype  thr    ours  theirs            ratio   error
          matmul 1000x1000x1000  OpenBLAS  f32      1     100     182  GFLOP/s   0.550  0.0500
          decode at 128, tiny    Jlama     bf16    16  10,000     400  tokens/s   25.0
        """,
        String.join("\n", lines.subList(0, 4)) + "\n");
    assertTrue(text.contains("2 pairs"), text);
    assertTrue(text.contains("  OpenBLAS  1.2; kernels for Z80\n"), text);
    assertTrue(text.endsWith("not compared: llama.cpp: no library\n"), text);
    JsonNode json = JsonMapper.shared().readTree(PeersTable.json(report));
    assertEquals("Some CPU", json.get("processor").asString());
    assertEquals("some JDK", json.get("jdk").asString());
    assertEquals("1.2", json.at("/engines/0/build").asString());
    assertEquals("kernels for Z80", json.at("/engines/0/instructions").asString());
    assertEquals("no library", json.at("/notCompared/llama.cpp").asString());
    JsonNode row = json.at("/comparisons/0");
    assertEquals(
        Set.of(
            "work", "engine", "dtype", "threads", "value", "unit", "ours", "ratio", "ratioError"),
        Set.copyOf(row.propertyNames()));
    assertEquals("f32", row.get("dtype").asString());
    assertEquals(1, row.get("threads").asInt());
    assertEquals(0.55, row.get("ratio").asDouble(), 1e-12);
  }

  @Test
  void withoutComparisonsSaysWhy() {
    PeersReport report =
        new PeersReport(
            "Some CPU",
            "some JDK",
            5,
            List.of(),
            new TreeMap<>(),
            new TreeMap<>(Map.of("EJML", "no such class")));
    String text = PeersTable.text(report);
    assertTrue(text.endsWith("not compared: EJML: no such class\n"), text);
    assertFalse(text.contains("ratio:"), text);
  }
}
