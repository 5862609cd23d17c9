package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.hardware.Device;
import java.util.Optional;

/**
 * What prompts take beyond the roofline, per kind of GPU, in llama.cpp and its like: from the 35
 * prompts of {@code MeasuredDecodeTest}. Processors are left out, because what they reach differs
 * fourfold with how a program packs its weights.
 *
 * @param peakEfficiency the share of the 16-bit peak that matrix products reach
 */
record PromptCalibration(double peakEfficiency) {
  /** Graphics cards; those of workstations, with twice the tensor cores, reach half of it. */
  static final PromptCalibration CARD = new PromptCalibration(0.75);

  /** GPUs that share the CPU's memory. */
  static final PromptCalibration SHARED_GPU = new PromptCalibration(0.65);

  /** Of a device; empty if nothing is known of its kind. */
  static Optional<PromptCalibration> of(Device device) {
    return switch (device.kind()) {
      case CPU, ACCELERATOR -> Optional.empty();
      case GPU -> Optional.of(device.isMemoryShared() ? SHARED_GPU : CARD);
    };
  }
}
