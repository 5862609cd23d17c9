package dev.ridgepoint.estimator.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.Compression.Variant;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressionTest {
  private static final Roofline A100 = new Roofline(312e12, 2.039e12);
  private static final Architecture LLAMA = ModelCatalog.get("Llama-3.1-8B");
  private static final ForwardOptions OPTIONS =
      ForwardOptions.of(new DataFormats(Precision.BF16, Precision.BF16), Step.decode(1, 1))
          .withActivations(Precision.BF16)
          .withWeights(WeightFormats.of(Precision.BF16, Precision.BF16));
  private static final Variant BASE = new Variant("bf16", LLAMA, OPTIONS, A100);

  @Test
  void fewerBitsHelpDecodeNotPrefill() {
    WeightFormats int4 =
        WeightFormats.linearLayers(Precision.grouped(4, 128, false), Precision.BF16);
    Compression compression =
        new Compression(BASE, new Variant("int4", LLAMA, OPTIONS.withWeights(int4), A100));
    // Layers at 4.125 bits, the two tables and the norms at 16.
    long tables = 2 * 2L * 128_256 * 4096;
    long norms = 2 * 65 * 4096;
    long layers = 32 * (2L * 4096 * (4096 + 1024) + 3L * 4096 * 14_336);
    assertEquals(tables + norms + layers * 33 / 64, compression.after().weightBytes());
    Compression.Effect decode = compression.decode(1, 500);
    Compression.Effect prefill = compression.prefill(2048);
    assertEquals((double) decode.before().bytes() / decode.after().bytes(), decode.speedup(), 1e-9);
    assertEquals(3.19, decode.speedup(), 0.01);
    assertEquals(1, prefill.speedup());
    assertTrue(decode.why().endsWith("because memory binds and fewer bytes are moved"));
    assertTrue(
        prefill.why().endsWith("because compute binds and fewer bytes do not shorten it"),
        prefill.why());
  }

  @Test
  void aPeakForTheFormatHelpsPrefill() {
    Roofline fp8 = new Roofline(2 * A100.peakFlopsPerSecond(), A100.bytesPerSecond());
    ForwardOptions options = OPTIONS.withWeights(WeightFormats.of(Precision.FP8, Precision.BF16));
    Compression.Effect prefill =
        new Compression(BASE, new Variant("fp8", LLAMA, options, fp8)).prefill(2048);
    assertEquals(2, prefill.speedup(), 1e-9);
    assertTrue(prefill.why().endsWith("because the device computes faster in this format"));
  }

  @ParameterizedTest
  @CsvSource({
    "BF16, 2, 4, 4096, 4608",
    "INT8, 2, 4, 4096, 2560",
    "F32, 1, 4, 64, 68",
    "BF16, 4, 8, 64, 76",
    "Q4_0, 2, 4, 64, 26"
  })
  void sparseRowsStoreTheirIndices(String name, int kept, int group, long elements, long bytes) {
    assertEquals(bytes, Precision.named("", name).sparse(kept, group).rowBytes(elements));
  }

  @Test
  void prunedMatricesStoreABitPerElement() {
    Precision half = Precision.BF16.pruned(50);
    assertEquals(1000 * 1000 / 8 + 500_000 * 2, half.matrixBytes(1000, 1000));
    Precision none = Precision.BF16.pruned(0);
    assertEquals(3 + 2 * 24, none.matrixBytes(3, 8));
    Precision third = Precision.Q8_0.pruned(67);
    assertEquals(25_600 / 8 + 33 * 8 * 34, third.matrixBytes(800, 32));
    assertThrows(IllegalArgumentException.class, () -> Precision.BF16.pruned(101));
    assertThrows(IllegalArgumentException.class, () -> Precision.BF16.sparse(4, 4));
  }

  @Test
  void aDistilledModelHelpsBothPhases() {
    Variant small = new Variant("1B", ModelCatalog.get("Llama-3.2-1B"), OPTIONS, A100);
    Compression compression = new Compression(BASE, small);
    assertTrue(compression.decode(1, 500).speedup() > 5);
    assertTrue(compression.prefill(2048).speedup() > 5);
    assertEquals(2_471_628_800.0 / 16_060_522_496.0, compression.weightRatio(), 1e-12);
  }

  @Test
  void aSmallerCacheHelpsLongContexts() {
    ForwardOptions fp8Cache =
        ForwardOptions.of(new DataFormats(Precision.BF16, Precision.FP8), Step.decode(1, 1))
            .withActivations(Precision.BF16)
            .withWeights(WeightFormats.of(Precision.BF16, Precision.BF16));
    Compression compression = new Compression(BASE, new Variant("kv8", LLAMA, fp8Cache, A100));
    assertEquals(1, compression.decode(1, 10).speedup(), 0.001);
    assertTrue(compression.decode(32, 32_768).speedup() > 1.7);
    assertEquals(65_536, compression.after().kvCacheBytesPerToken());
  }
}
