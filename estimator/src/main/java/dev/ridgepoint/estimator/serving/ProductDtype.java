package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;

/**
 * In what numbers a server multiplies weights of a format: in their own where the device has an
 * arithmetic for it, or else unpacked to 16 bits, as Marlin's kernels do (Frantar et al. 2024,
 * arXiv:2408.11743).
 */
final class ProductDtype {
  private ProductDtype() {}

  /** The dtype of the products with a weight. */
  static ComputeDtype of(Device device, Precision weight) {
    ComputeDtype own =
        switch (weight.name()) {
          case "FP8" -> ComputeDtype.FP8;
          case "NVFP4", "MXFP4" -> ComputeDtype.FP4;
          case "INT8" -> ComputeDtype.INT8;
          default -> device.usualDtype();
        };
    return device.peakFlopsPerSecond().containsKey(own) ? own : device.usualDtype();
  }
}
