package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RooflineMetricsTest {
  private static final double PEAK = 200e9;
  private static final double BANDWIDTH = 20e9;

  @Test
  void memoryBoundWorkIsMeasuredAgainstTheBandwidth() {
    // 1 GB takes 50 ms at least; 2 GFLOP would take 10 ms.
    RooflineMetrics metrics =
        RooflineMetrics.of(Work.of(2_000_000_000, 1_000_000_000, 1), 0.1, PEAK, BANDWIDTH);
    assertEquals(20e9, metrics.flopsPerSecond(), 1);
    assertEquals(10e9, metrics.bytesPerSecond(), 1);
    assertEquals(2, metrics.intensity());
    assertEquals(0.5, metrics.fractionOfRoof(), 1e-12);
  }

  @Test
  void computeBoundWorkIsMeasuredAgainstThePeak() {
    RooflineMetrics metrics =
        RooflineMetrics.of(Work.of(100_000_000_000L, 1_000_000_000, 1), 1, PEAK, BANDWIDTH);
    assertEquals(0.5, metrics.fractionOfRoof(), 1e-12);
    assertEquals(100, metrics.intensity());
  }

  @Test
  void workOnRegistersOrWithoutFlopsHasARoofToo() {
    assertEquals(
        0.25,
        RooflineMetrics.of(Work.of(50_000_000_000L, 0, 1), 1, PEAK, BANDWIDTH).fractionOfRoof());
    assertEquals(
        0.5,
        RooflineMetrics.of(Work.of(0, 10_000_000_000L, 1), 1, PEAK, BANDWIDTH).fractionOfRoof());
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
        new HashMap<>(Map.of("model", "tiny", "dtype", "bf16", "threads", "2"));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return parameters::get;
  }
}
