package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.Roof;
import java.util.Optional;

/**
 * What a model shall run on.
 *
 * @param name of the device
 * @param computeDtype what it multiplies in
 * @param roof its roofline
 */
record Target(String name, String computeDtype, Roof roof) {

  /** The device of the flags, if there is one. */
  static Optional<Target> of(DeviceOptions options) {
    return options.device().map(device -> of(device, options.computeDtype(device)));
  }

  private static Target of(Device device, ComputeDtype dtype) {
    Roofline roofline = device.roofline(dtype);
    return new Target(
        device.name(),
        dtype.name(),
        new Roof(Math.round(roofline.peakFlopsPerSecond()), Math.round(roofline.bytesPerSecond())));
  }
}
