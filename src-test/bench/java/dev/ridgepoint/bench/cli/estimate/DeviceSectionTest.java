package dev.ridgepoint.bench.cli.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSectionTest {
  /** Dense and sparse, windowed, with latents; large and small enough to be cut at the bound. */
  private static final List<String> MODELS =
      List.of("Gemma-2-9B", "Llama-3.1-8B", "DeepSeek-V2-Lite", "Qwen2.5-0.5B");

  private static final Machine MACHINE =
      new Machine(
          "some CPU",
          2,
          512,
          64L << 30,
          List.of(new Machine.Peak("F32", 2, 400e9, 390e9)),
          List.of(new Machine.Bandwidth(2, "DRAM", 1 << 30, 20e9, 19e9)));

  @ParameterizedTest
  @ValueSource(strings = {"RTX 4090", "H100 SXM5 80GB", "Apple M1 Max", "Raspberry Pi 5"})
  void predictsNoModelFasterThanAtMost(String name) {
    Device device = DeviceCatalog.named(name);
    ComputeDtype dtype =
        device.peakFlopsPerSecond().containsKey(ComputeDtype.BF16)
            ? ComputeDtype.BF16
            : device.peakFlopsPerSecond().containsKey(ComputeDtype.F16)
                ? ComputeDtype.F16
                : ComputeDtype.F32;
    TargetDevice target = new TargetDevice(device, dtype, Optional.empty());
    int predictions = 0;
    for (String model : MODELS) {
      Architecture architecture = ModelCatalog.get(model);
      for (Precision weights : List.of(Precision.BF16, Precision.Q4_0)) {
        for (int batch : new int[] {1, 64}) {
          Workload workload =
              new Workload(
                  16,
                  128,
                  batch,
                  0,
                  WeightFormats.of(weights, target.device().usualVectors()),
                  target.device().usualVectors(),
                  target.device().usualVectors());
          EstimatedModel estimated =
              new EstimatedModel(new NamedModel(model, architecture, Optional.empty()), workload);
          Section section;
          try {
            section = DeviceSection.of(estimated, target);
          } catch (InvalidInputException e) {
            assertTrue(e.getMessage().contains("but the weights take"), e.getMessage());
            continue;
          }
          predictions++;
          double atMost = batch / number(section, "decodeBoundSeconds");
          String said =
              String.format(Locale.ROOT, "%s in %s, batch %d", model, weights.name(), batch);
          double predicted = number(section, "decodeTokensPerSecond");
          double highest = number(section, "decodeTokensPerSecondHigh");
          assertTrue(number(section, "decodeTokensPerSecondLow") <= predicted, said);
          assertTrue(predicted <= highest, said);
          assertTrue(highest <= atMost, said + ": " + highest + " > " + atMost);
        }
      }
    }
    assertTrue(predictions > MODELS.size(), predictions + " predictions");
  }

  @Test
  void predictsHereWithTheKernelsThatWereTimed() {
    Section section = local(slowedDown(2), Precision.BF16);
    // Twice the sum of the operations' bounds, which is a little more than the bound of the whole.
    double decode = 1 / number(section, "decodeBoundSeconds") / 2;
    assertEquals(decode, number(section, "decodeTokensPerSecond"), 0.02 * decode);
    double prefill = 512 / number(section, "prefillBoundSeconds") / 2;
    assertEquals(prefill, number(section, "prefillTokensPerSecond"), 0.10 * prefill);
  }

  @Test
  void predictsNothingHereAboveTheRoof() {
    Section section = local(slowedDown(0.5), Precision.BF16);
    assertEquals(
        1 / number(section, "decodeBoundSeconds"), number(section, "decodeTokensPerSecond"));
  }

  @ParameterizedTest
  @CsvSource({"Q8_0, but in BF16", "F16, but in BF16"})
  void saysWhichFormatsWereTimed(String format, String known) {
    Section section = local(slowedDown(2), Precision.named("format", format));
    assertTrue(
        section.notes().getFirst().contains("not timed in " + format + " with 2 threads, " + known),
        section.notes().toString());
    assertEquals(2, section.notes().size());
  }

  @Test
  void saysThatNothingWasTimed() {
    Section section = local(KernelCalibration.NONE, Precision.BF16);
    assertTrue(
        section.notes().getFirst().contains("nor in another format"), section.notes().toString());
  }

  @Test
  void aModelThatACacheHoldsIsUnderItsRoof() {
    Machine machine =
        new Machine(
            "some CPU",
            2,
            512,
            64L << 30,
            MACHINE.peaks(),
            List.of(
                new Machine.Bandwidth(2, "L2", 2 << 20, 200e9, 190e9),
                new Machine.Bandwidth(2, "DRAM", 1 << 30, 20e9, 19e9)));
    TargetDevice target = TargetDevice.of(new MeasuredMachine(machine, KernelCalibration.NONE));
    EstimatedModel tiny = estimated("tiny", Precision.Q4_0);
    assertTrue(tiny.weightBytes() <= 2 << 20, tiny.weightBytes() + " bytes");
    Section section = DeviceSection.of(tiny, target.holding(tiny.weightBytes()));
    assertEquals(
        new Roofline(400e9, 200e9).boundSeconds(tiny.decode().orElseThrow().total()),
        number(section, "decodeBoundSeconds"));
    assertTrue(section.notes().getFirst().contains("fit the L2 cache"), "" + section.notes());
    EstimatedModel large = estimated("Qwen2.5-0.5B", Precision.Q4_0);
    assertEquals(20e9, target.holding(large.weightBytes()).roofline().bytesPerSecond());
    assertTrue(target.cacheHolding(large.weightBytes()).isEmpty());
  }

  private static Section local(KernelCalibration calibration, Precision weights) {
    TargetDevice target =
        new TargetDevice(
            Device.of(MACHINE),
            ComputeDtype.F32,
            Optional.of(new MeasuredMachine(MACHINE, calibration)));
    return DeviceSection.of(estimated("Qwen2.5-0.5B", weights), target);
  }

  private static EstimatedModel estimated(String model, Precision weights) {
    int tokens = model.equals("tiny") ? 128 : 512;
    Workload workload =
        new Workload(tokens, tokens, 1, 0, WeightFormats.of(weights), Precision.F32, Precision.F32);
    return new EstimatedModel(ModelSource.named(model), workload);
  }

  /** Every kernel takes {@code slowdown} times its bound. */
  private static KernelCalibration slowedDown(double slowdown) {
    List<KernelCalibration.Sample> samples = new ArrayList<>();
    for (Kernel kernel : Kernel.values()) {
      long bytes = 1_000_000;
      samples.add(
          new KernelCalibration.Sample(
              kernel,
              kernel == Kernel.LINEAR ? "BF16" : "F32",
              2,
              1,
              0,
              0,
              bytes,
              slowdown * bytes / 20e9));
    }
    return new KernelCalibration(samples, List.of(new KernelCalibration.Dispatch(2, 0)));
  }

  private static double number(Section section, String key) {
    return section.row().stream()
        .filter(cell -> cell.column().key().equals(key))
        .map(Cell::value)
        .mapToDouble(value -> ((Number) value).doubleValue())
        .findFirst()
        .orElseThrow();
  }
}
