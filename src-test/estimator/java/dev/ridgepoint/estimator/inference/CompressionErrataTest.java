package dev.ridgepoint.estimator.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The right numbers for the errata of {@code estimator/ERRATA.md} about compression. */
class CompressionErrataTest {
  private static final Precision AWQ = Precision.grouped(4, 128, true);

  /** The one percent of channels whose protection the paper begins with, section 3.1. */
  private static final double SALIENT = 0.01;

  /**
   * Perplexity on WikiText-2 in 16 bits and in 4 (Frantar et al. 2022, arXiv:2210.17323, the tables
   * of OPT and BLOOM models). The text rounds models below 1 B to 4 bits and keeps those above 10 B
   * in 16.
   */
  @ParameterizedTest
  @CsvSource({
    "opt-125m, 27.65, 31.12",
    "opt-350m, 22.00, 24.24",
    "bloom-560m, 22.42, 24.03",
    "opt-1.3b, 14.63, 15.47",
    "opt-6.7b, 10.86, 11.39",
    "opt-13b, 10.13, 10.31",
    "opt-66b, 9.34, 9.55",
    "bloom-176b, 8.11, 8.21"
  })
  void erratum064LargerModelsLoseLessByFewerBits(String name, double in16Bits, double in4Bits) {
    long parameters = ParameterCount.of(ModelCatalog.get(name)).total();
    double lossPercent = 100 * (in4Bits / in16Bits - 1);
    assertTrue(parameters < 1e9 ? lossPercent > 7 : lossPercent < 6, name + " " + lossPercent);
    assertTrue(parameters < 1e10 ? lossPercent > 4 : lossPercent < 2.3, name + " " + lossPercent);
  }

  /** The tables stay in 16 bits, and of a small model they are a large part. */
  @ParameterizedTest
  @CsvSource({"Qwen2.5-0.5B, 2.2", "Llama-3.1-8B, 2.8", "Llama-2-70B, 3.8"})
  void erratum064LargerModelsSaveMoreByFewerBits(String name, double ratio) {
    Architecture model = ModelCatalog.get(name);
    double before = weightBytes(model, WeightFormats.of(Precision.BF16, Precision.BF16));
    assertEquals(ratio, before / weightBytes(model, layersIn(AWQ)), 0.05);
  }

  /** The sizes of TheBloke's files on Hugging Face: Llama-2-7B-Chat-AWQ, Llama-2-70B-AWQ. */
  @ParameterizedTest
  @CsvSource({"Llama-2-7B, 3.89, 0.10", "Llama-2-70B, 36.61, 1.01"})
  void erratum065AwqStoresEveryWeightInFourBits(String name, double gigabytes, double moreIfMixed) {
    Architecture model = ModelCatalog.get(name);
    double bytes = weightBytes(model, layersIn(AWQ));
    assertEquals(gigabytes, bytes / 1e9, 0.005);
    ParameterCount count = ParameterCount.of(model);
    long layers = count.of(Component.ATTENTION) + count.of(Component.FEED_FORWARD);
    double more = SALIENT * layers * (2 - AWQ.rowBytes(4096) / 4096.0);
    assertEquals(moreIfMixed, more / 1e9, 0.005);
  }

  private static WeightFormats layersIn(Precision precision) {
    return WeightFormats.linearLayers(precision, Precision.BF16);
  }

  private static long weightBytes(Architecture model, WeightFormats formats) {
    return formats.storedBytes(model);
  }
}
