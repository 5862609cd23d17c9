package dev.ridgepoint.estimator.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DatasheetTimeTest {
  private static final List<Device> DEVICES =
      Stream.of("RTX 4090", "RTX 5070", "H100 SXM5 80GB", "Apple M1 Max", "Raspberry Pi 5")
          .map(DeviceCatalog::named)
          .toList();

  private static final List<Precision> FORMATS =
      List.of(Precision.F32, Precision.BF16, Precision.Q8_0, Precision.Q4_0);

  private static final List<Step> STEPS =
      List.of(Step.decode(1, 0), Step.decode(1, 512), Step.decode(64, 512));

  static List<String> decoders() {
    return ModelCatalog.names().stream()
        .filter(
            name -> {
              Architecture architecture = ModelCatalog.get(name);
              return architecture.decoder().isPresent() && architecture.encoder().isEmpty();
            })
        .toList();
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void nothingIsPredictedAboveTheRoofOfTheSameFormats(String model) {
    Architecture architecture = ModelCatalog.get(model);
    int predictions = 0;
    for (Precision weights : FORMATS) {
      for (Step step : STEPS) {
        ForwardOptions options =
            ForwardOptions.of(new DataFormats(weights, Precision.F16), step)
                .withLatentForm(LatentForm.EXPANDED_CACHE);
        List<OperationCost> operations = OperationList.of(architecture, options, step);
        for (Device device : DEVICES) {
          DatasheetTime time = time(device, architecture, weights);
          TimeModel bound = new BoundTime(device.roofline(time.computeDtype()));
          double least = bound.predict(operations, step).seconds();
          if (isTooLarge(time, operations, step)) {
            continue;
          }
          double lowest = time.predict(operations, step).lowestSeconds();
          assertTrue(
              lowest >= least,
              () ->
                  String.format(
                      Locale.ROOT,
                      "%s in %s on %s, %d sequences: %s < %s",
                      model,
                      weights.name(),
                      device.name(),
                      step.sequences().size(),
                      lowest,
                      least));
          predictions++;
        }
      }
    }
    assertTrue(predictions > 0);
  }

  private static boolean isTooLarge(DatasheetTime time, List<OperationCost> operations, Step step) {
    try {
      time.predict(operations, step);
      return false;
    } catch (InvalidInputException e) {
      assertTrue(e.getMessage().contains("but the weights take"), e.getMessage());
      return true;
    }
  }

  @Test
  void theErrorEndsAtTheRoof() {
    Device card = DeviceCatalog.named("RTX 4090");
    Architecture architecture = ModelCatalog.get("Gemma-2-9B");
    Step step = Step.decode(1, 512);
    ForwardOptions options =
        ForwardOptions.of(new DataFormats(Precision.BF16, Precision.BF16), step);
    DecodeSpeed speed =
        time(card, architecture, Precision.BF16)
            .decode(OperationList.of(architecture, options, step), step);
    assertEquals(1 / speed.bound().seconds(), speed.highestTokensPerSecond());
    assertTrue(speed.tokensPerSecond() < speed.highestTokensPerSecond());
    assertEquals(
        speed.tokensPerSecond() / MeasuredError.CARD_DECODE.highest(),
        speed.lowestTokensPerSecond(),
        1e-9);
  }

  @Test
  void refusesWhatIsNoDecodeStep() {
    Architecture architecture = ModelCatalog.get("Llama-3.1-8B");
    Step step = Step.prefill(2);
    DatasheetTime time = time(DEVICES.getFirst(), architecture, Precision.BF16);
    assertThrows(IllegalArgumentException.class, () -> time.predict(List.of(), step));
  }

  private static DatasheetTime time(Device device, Architecture architecture, Precision weights) {
    ComputeDtype dtype =
        device.peakFlopsPerSecond().containsKey(ComputeDtype.F16)
            ? ComputeDtype.F16
            : ComputeDtype.F32;
    ForwardOptions options =
        ForwardOptions.of(new DataFormats(weights, Precision.BF16), Step.decode(1, 1))
            .withLatentForm(LatentForm.EXPANDED_CACHE);
    return new DatasheetTime(device, dtype, architecture, options);
  }
}
