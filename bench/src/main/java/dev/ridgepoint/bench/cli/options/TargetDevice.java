package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
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

  /** Its roofline. */
  public Roofline roofline() {
    return device.roofline(computeDtype);
  }
}
