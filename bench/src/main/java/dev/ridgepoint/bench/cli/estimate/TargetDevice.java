package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.DeviceOptions;
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
record TargetDevice(Device device, ComputeDtype computeDtype, Optional<MeasuredMachine> local) {

  /** The device of the flags, if there is one. */
  static Optional<TargetDevice> of(DeviceOptions options) {
    return options
        .device()
        .map(device -> new TargetDevice(device, options.computeDtype(device), options.local()));
  }

  /** Its roofline. */
  Roofline roofline() {
    return device.roofline(computeDtype);
  }
}
