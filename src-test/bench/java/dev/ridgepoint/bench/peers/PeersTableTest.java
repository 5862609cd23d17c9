package dev.ridgepoint.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.Presets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

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
            new Workload.Decode("tiny", Presets.get("tiny"), 128),
            DType.BF16,
            16,
            "Jlama",
            List.of(new Comparison.Pair(0.0001, 0.0025)));
    String text =
        PeersTable.render(
            new PeersReport(
                "Some CPU",
                2,
                List.of(product, decode),
                new TreeMap<>(Map.of("OpenBLAS", "kernels for Z80")),
                new TreeMap<>(Map.of("llama.cpp", "no library"))));
    List<String> lines = text.lines().toList();
    assertEquals("Some CPU", lines.get(0));
    assertEquals(
        """
        work                       dtype  thr  engine    Ridgepoint  engine's            ratio  error
        matmul 1000 x 1000 x 1000  f32      1  OpenBLAS         100       182  GFLOP/s   0.550  0.050
        decode at 128, tiny        bf16    16  Jlama          10000       400  tokens/s   25.0  0.000
        """,
        String.join("\n", lines.subList(1, 4)) + "\n");
    assertTrue(text.contains("of 2 ratios"), text);
    assertTrue(text.contains("\nEngines\nOpenBLAS: kernels for Z80\n"), text);
    assertTrue(text.endsWith("\nNot compared\nllama.cpp: no library\n"), text);
    assertTrue(lines.stream().allMatch(line -> line.length() <= 100), text);
  }

  @Test
  void withoutComparisonsSaysWhy() {
    String text =
        PeersTable.render(
            new PeersReport(
                "Some CPU",
                5,
                List.of(),
                new TreeMap<>(),
                new TreeMap<>(Map.of("EJML", "no such class"))));
    assertEquals("Some CPU\n\nNot compared\nEJML: no such class\n", text);
    assertFalse(text.contains("ratio"), text);
  }
}
