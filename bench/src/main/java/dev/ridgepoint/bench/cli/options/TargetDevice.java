package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.Optional;

/**
 * What a model shall run on.
 *
 * @param device where
 * @param computeDtype what it multiplies in
 * @param local this machine, if it is the device: its numbers are measured, and not a vendor's
 */
public record TargetDevice(
    Device device, ComputeDtype computeDtype, Optional<MeasuredMachine> local) {

  /** A device whose numbers are its vendor's, multiplying in what it usually does. */
  public static TargetDevice of(Device device) {
    return new TargetDevice(device, device.usualDtype(), Optional.empty());
  }

  /** A measured machine. */
  public static TargetDevice of(MeasuredMachine measured) {
    Device device = Device.of(measured.machine());
    return new TargetDevice(device, device.usualDtype(), Optional.of(measured));
  }

  /**
   * The same under the roofs of work that repeats on {@code bytes}, such as a model's weights: of a
   * measured machine the memory is the level that holds them.
   */
  public TargetDevice holding(long bytes) {
    return local
        .map(measured -> MemoryLevel.machineHolding(measured.machine(), bytes))
        .map(machine -> new TargetDevice(Device.of(machine), computeDtype, local))
        .orElse(this);
  }

  /** The cache of a measured machine that holds {@code bytes}, if one does. */
  public Optional<MemoryLevel> cacheHolding(long bytes) {
    return local
        .map(MeasuredMachine::machine)
        .map(machine -> MemoryLevel.of(machine, machine.mostThreads()))
        .map(levels -> MemoryLevel.holding(levels, bytes))
        .filter(MemoryLevel::isCache);
  }

  /** Its roofline. */
  public Roofline roofline() {
    return device.roofline(computeDtype);
  }
}
