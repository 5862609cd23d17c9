package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.MachineStore;
import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.bench.text.Quantities;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** What the model is to run on. */
public final class DeviceOptions {
  private static final String LOCAL = "local";
  private static final Path MACHINE_FOLDER = Path.of("ridge-report");

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "A device of 'ridge devices', a JSON file that describes one, or 'local': this machine as"
              + " 'ridge machine' measured it.")
  private String device;

  @Option(
      names = "--compute-dtype",
      paramLabel = "DTYPE",
      description = "What the device multiplies in (default: the first of bf16, f16, f32).")
  private String computeDtype;

  @Option(
      names = "--memory-limit",
      paramLabel = "BYTES",
      description = "Memory to fit, such as 80GB or 16GiB (default: the device's).")
  private String memoryLimit;

  /** The device, if one is named. */
  public Optional<Device> device() {
    return Optional.ofNullable(device).map(DeviceOptions::find);
  }

  /** This machine as measured, if it is the device. */
  public Optional<MeasuredMachine> local() {
    return LOCAL.equalsIgnoreCase(device) ? Optional.of(measured()) : Optional.empty();
  }

  /** The device with what it multiplies in, if one is named. */
  public Optional<TargetDevice> target() {
    return device().map(each -> new TargetDevice(each, computeDtype(each), local()));
  }

  /** What it multiplies in. */
  public ComputeDtype computeDtype(Device target) {
    if (computeDtype != null) {
      return ComputeDtype.named("--compute-dtype", computeDtype);
    }
    return target.usualDtype();
  }

  /** Whether it is said what the device multiplies in. */
  public boolean hasComputeDtype() {
    return computeDtype != null;
  }

  /** The memory to fit, if one is known. */
  public OptionalLong memoryBytes() {
    return memoryLimit != null
        ? OptionalLong.of(Quantities.bytes("--memory-limit", memoryLimit))
        : device().map(Device::memoryBytes).orElse(OptionalLong.empty());
  }

  /**
   * A device of a name, a file, or this machine.
   *
   * @throws InvalidInputException if there is none such, or this machine was not measured
   */
  public static Device find(String name) {
    if (name.equalsIgnoreCase(LOCAL)) {
      return Device.of(measured().machine());
    }
    boolean isPath = name.endsWith(".json") || name.contains("/") || name.contains("\\");
    return isPath ? DeviceCatalog.read(ModelSource.path(name)) : DeviceCatalog.named(name);
  }

  /** As {@link #find}, with what it multiplies in. */
  public static TargetDevice target(String name) {
    return name.equalsIgnoreCase(LOCAL) ? TargetDevice.of(measured()) : TargetDevice.of(find(name));
  }

  /**
   * This machine, if it was measured, by a JVM of whatever options: for showing what its numbers
   * mean, not for predicting what this JVM will measure.
   */
  public static Optional<TargetDevice> measuredHere() {
    try {
      return new MachineStore(MACHINE_FOLDER).measuredHere().map(TargetDevice::of);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MeasuredMachine measured() {
    try {
      return new MachineStore(MACHINE_FOLDER)
          .measured(Host.current())
          .orElseThrow(
              () ->
                  new InvalidInputException(
                      LOCAL,
                      "no measurement of this machine in %s; 'ridge machine' makes one"
                          .formatted(MACHINE_FOLDER)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
