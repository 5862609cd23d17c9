package dev.ridgepoint.estimator.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers of ERRATA.md's section on devices, speed and deployment facts. */
class DeviceErrataTest {

  @Test
  void erratum045TheTwoA100() {
    Device small = DeviceCatalog.named("A100 40GB");
    Device large = DeviceCatalog.named("A100 80GB");
    assertEquals(38.6, gibibytes(small), 0.05);
    assertEquals(78.2, gibibytes(large), 0.05);
    // What four of them cost at AWS's price of one: 27.20 an hour is dearer, 14.69 is not.
    double four = 4 * large.cloudPricePerHour().orElseThrow().dollars();
    assertTrue(four > 14.69 && four < 27.20, "" + four);
  }

  @ParameterizedTest
  @CsvSource({
    "A100, F32, 19.5",
    "A100, TF32, 156",
    "A100, F16, 312",
    "H100, F32, 66.9",
    "H100, F16, 989.4",
    "H100, FP8, 1978.9",
    "RTX 4090, F16, 165.2",
    "RTX 4090, F16_ACC16, 330.3",
    "A10G, F16, 70",
    "L40S, BF16, 362.05",
  })
  void erratum057DensePeaks(String device, ComputeDtype dtype, double teraflopsPerSecond) {
    assertEquals(
        teraflopsPerSecond * 1e12,
        DeviceCatalog.named(device).roofline(dtype).peakFlopsPerSecond(),
        1);
  }

  @Test
  void erratum057ProcessorsHaveARooflineToo() {
    Roofline xeon = DeviceCatalog.named("Xeon 8380").roofline(ComputeDtype.F32);
    assertEquals(40 * 2.3e9 * 64, xeon.peakFlopsPerSecond());
    assertEquals(204.8e9, xeon.bytesPerSecond());
  }

  @Test
  void erratum060DecodingIsBoundByMemory() {
    Roofline a100 = DeviceCatalog.named("A100").roofline(ComputeDtype.F16);
    Cost step = decodeStep();
    assertEquals(Roofline.Bound.MEMORY, a100.boundBy(step));
    assertEquals(6.9e-3, 7e9 * 2 / a100.bytesPerSecond(), 0.05e-3);
    assertEquals(6.5e-3, step.weightBytes() / a100.bytesPerSecond(), 0.05e-3);
    assertEquals(7.6e-3, a100.boundSeconds(step), 0.05e-3);
    double computeBoundAtSeventyPercent = 2 * 7e9 * 8 / (0.7 * a100.peakFlopsPerSecond());
    assertEquals(0.51e-3, computeBoundAtSeventyPercent, 0.005e-3);
  }

  @Test
  void erratum061UtilisationFollowsFromTheTime() {
    Roofline a100 = DeviceCatalog.named("A100").roofline(ComputeDtype.F16);
    Cost step = decodeStep();
    double utilization = step.flops() / (a100.peakFlopsPerSecond() * a100.boundSeconds(step));
    assertEquals(0.0456, utilization, 0.00005);
  }

  /** LLaMA-7B for 8 sequences with 512 tokens each, all in 16 bits. */
  private static Cost decodeStep() {
    Step step = Step.decode(8, 512);
    ForwardOptions options =
        ForwardOptions.of(new DataFormats(Precision.F16, Precision.F16), step)
            .withActivations(Precision.F16);
    return OperationList.total(OperationList.of(ModelCatalog.get("llama-7b"), options, step));
  }

  private static double gibibytes(Device device) {
    return Math.scalb((double) device.memoryBytes().orElseThrow(), -30);
  }
}
