package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks that {@code ridge bench -l} lists. */
class BenchmarkListTest {

  private static Set<String> benchmarks() {
    return BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
        .stream()
        .map(BenchmarkListEntry::getUsername)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void allAreThere() {
    assertEquals(
        Stream.of(
                "BandwidthBenchmark.read",
                "ColdStartBenchmark.g1",
                "ColdStartBenchmark.parallel",
                "ColdStartBenchmark.serial",
                "DecodeBenchmark.decode",
                "MatMulBenchmark.ejml",
                "MatMulBenchmark.packedWeights",
                "MatMulBenchmark.packingIncluded",
                "OperationBenchmark.operation",
                "PeakBenchmark.fma",
                "PrefillBenchmark.prefill",
                "TileBenchmark.multiplyAdd",
                "TileLoopBenchmark.multiplyAdd",
                "WorkersBenchmark.section")
            .map(name -> "dev.ridgepoint.bench.jmh." + name)
            .collect(Collectors.toCollection(TreeSet::new)),
        benchmarks());
  }

  @Test
  void theRooflineProfilerKnowsTheWorkOfEach() throws ClassNotFoundException {
    for (String benchmark : benchmarks()) {
      Class<?> type = Class.forName(benchmark.substring(0, benchmark.lastIndexOf('.')));
      assertTrue(type.isAnnotationPresent(CountedBy.class), benchmark);
    }
  }

  @Test
  void workOfAnOperationIsItsEntryInTheOperationList() {
    Work work = workOf("ffn_down");
    long weights = 4864L * 896;
    assertEquals(2 * weights + 896, work.flops());
    assertEquals(2 * weights + 4 * (4864 + 2 * 896), work.bytes());
    assertEquals(24 * work.bytes(), work.workingSetBytes());
    assertEquals(2, work.threads());
  }

  @Test
  void anOperationOutsideTheLayersHasNoOthersToTakeTurnsWith() {
    Work head = workOf("lm_head");
    assertEquals(head.bytes(), head.workingSetBytes());
  }

  private static Work workOf(String operation) {
    return new OperationBenchmark.Counts()
        .work(
            "operation",
            name ->
                switch (name) {
                  case "operation" -> operation;
                  case "model" -> "Qwen2.5-0.5B";
                  case "dtype" -> "bf16";
                  case "threads" -> "2";
                  case "newTokens" -> "1";
                  case "context" -> "128";
                  default -> throw new IllegalArgumentException(name);
                });
  }
}
