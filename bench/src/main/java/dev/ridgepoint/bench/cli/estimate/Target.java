package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.Optional;

/**
 * What a model shall run on.
 *
 * @param device where
 * @param computeDtype what it multiplies in
 */
record Target(Device device, ComputeDtype computeDtype) {

  /** The device of the flags, if there is one. */
  static Optional<Target> of(DeviceOptions options) {
    return options.device().map(device -> new Target(device, options.computeDtype(device)));
  }

  /** Its roofline. */
  Roofline roofline() {
    return device.roofline(computeDtype);
  }
}
