package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.hardware.Device;
import java.util.Optional;

/**
 * What prompts take beyond the roofline, per kind of GPU, in llama.cpp and its like: from the 35
 * prompts of {@code MeasuredDecodeTest}. Processors are left out, because what they reach differs
 * fourfold with how a program packs its weights.
 *
 * @param peakEfficiency the share of the 16-bit peak that matrix products reach
 * @param lowest nine of ten runs take between so many times the predicted time
 * @param highest and so many times; servers with short prompts are far slower than llama-bench
 */
record PromptCalibration(double peakEfficiency, double lowest, double highest) {
  /** Graphics cards; those of workstations, with twice the tensor cores, reach half of it. */
  static final PromptCalibration CARD = new PromptCalibration(0.75, 0.87, 3.3);

  /** GPUs that share the CPU's memory. */
  static final PromptCalibration SHARED_GPU = new PromptCalibration(0.65, 0.77, 1.5);

  /** Of a device; empty if nothing is known of its kind. */
  static Optional<PromptCalibration> of(Device device) {
    return switch (device.kind()) {
      case CPU, ACCELERATOR -> Optional.empty();
      case GPU -> Optional.of(device.isMemoryShared() ? SHARED_GPU : CARD);
    };
  }
}
