package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.List;
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

  /** What matrices are multiplied in if nothing is said: the first of these that has a peak. */
  private static final List<ComputeDtype> USUAL =
      List.of(ComputeDtype.BF16, ComputeDtype.F16, ComputeDtype.F32);

  /** A device whose numbers are its vendor's, multiplying in what it usually does. */
  public static TargetDevice of(Device device) {
    return new TargetDevice(device, usualDtype(device), Optional.empty());
  }

  /** A measured machine. */
  public static TargetDevice of(MeasuredMachine measured) {
    Device device = Device.of(measured.machine());
    return new TargetDevice(device, usualDtype(device), Optional.of(measured));
  }

  /** What a device multiplies in if nothing is said. */
  public static ComputeDtype usualDtype(Device device) {
    return USUAL.stream()
        .filter(device.peakFlopsPerSecond()::containsKey)
        .findFirst()
        .orElseGet(() -> device.peakFlopsPerSecond().keySet().iterator().next());
  }

  /** Its roofline. */
  public Roofline roofline() {
    return device.roofline(computeDtype);
  }

  /** What software for it usually keeps activations, keys and values in. */
  public Precision vectors() {
    return device.kind() == Device.Kind.CPU ? Precision.F32 : Precision.BF16;
  }
}
