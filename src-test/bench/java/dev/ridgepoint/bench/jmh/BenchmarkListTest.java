package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
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

  @Test
  void machineBenchmarksKnowTheirWork() {
    Work read =
        new BandwidthBenchmark.Counts().work("read", Map.of("sliceKiB", "32", "streams", "4")::get);
    assertEquals(32 << 10, read.workingSetBytes());
    assertEquals(0, read.bytes() % read.workingSetBytes());
    assertEquals(0, read.flops());
    Work fma = new PeakBenchmark.Counts().work("fma", Map.of("chains", "12")::get);
    assertEquals(0, fma.bytes());
    assertEquals(0, fma.flops() % (2 * 12));
  }

  @Test
  void stepBenchmarksKnowTheirWork() {
    DataFormats formats = new DataFormats(Precision.BF16, Precision.F32);
    Architecture architecture = ModelCatalog.get("tiny");
    Cost prefill =
        OperationList.total(
            OperationList.of(
                architecture, ForwardOptions.of(formats, Step.prefill(8)), Step.prefill(8)));
    assertEquals(
        Work.of(prefill.flops(), prefill.bytes(), 2),
        new PrefillBenchmark.Counts().work("prefill", parameters("prompt", "8")));
    Cost decode =
        OperationList.total(
            OperationList.of(
                architecture, ForwardOptions.of(formats, Step.decode(3, 5)), Step.decode(3, 5)));
    assertEquals(
        Work.of(decode.flops(), decode.bytes(), 2),
        new DecodeBenchmark.Counts().work("decode", parameters("batch", "3", "context", "5")));
  }

  private static UnaryOperator<String> parameters(String... namesAndValues) {
    Map<String, String> parameters =
        new HashMap<>(Map.of("model", "tiny", "dtype", "bf16", "kvDtype", "f32", "threads", "2"));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return parameters::get;
  }
}
