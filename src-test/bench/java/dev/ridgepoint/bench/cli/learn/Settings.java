package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.util.List;

/** Models and devices to try pages and exercises with. */
final class Settings {
  /** Two cores, as they might be measured. */
  static final Machine MACHINE =
      new Machine(
          "two cores",
          2,
          256,
          16L << 30,
          List.of(new Machine.Peak("F32", 2, 230e9, 220e9)),
          List.of(
              new Machine.Bandwidth(2, "L1", 32L << 10, 450e9, 440e9),
              new Machine.Bandwidth(2, "DRAM", 1L << 30, 36e9, 30e9)));

  private Settings() {}

  static Setting of(String model, String device) {
    return of(model(model), device);
  }

  static Setting of(NamedModel model, String device) {
    return new Setting(model, TargetDevice.of(DeviceCatalog.named(device)));
  }

  static Setting measured(String model) {
    return new Setting(
        model(model), TargetDevice.of(new MeasuredMachine(MACHINE, KernelCalibration.NONE)));
  }

  private static NamedModel model(String name) {
    return NamedModel.of(name, ModelCatalog.get(name));
  }
}
