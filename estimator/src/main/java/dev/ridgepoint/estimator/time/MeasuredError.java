package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.hardware.Device;

/**
 * How far measured runs lie from predictions of their kind: nine of ten measured times lie between
 * {@code lowest} and {@code highest} times the predicted one, where neither the device nor the
 * model played a part.
 *
 * <p>Each device and each model was left out in turn, the scales of a prediction's terms fitted to
 * the other runs, and the left-out runs predicted with them; of both kinds of errors together a
 * tenth lies outside of the shortest interval on a logarithmic scale (cross-conformal prediction:
 * Vovk 2015, Annals of Mathematics and Artificial Intelligence 74). {@code LeftOutRuns} of the
 * tests computes the widths again.
 */
public enum MeasuredError {
  /** A decode step of llama.cpp and its like on a graphics card, of 70 runs. */
  CARD_DECODE(0.71, 1.4),
  /** On a GPU that shares the CPU's memory, of 30 runs. */
  SHARED_GPU_DECODE(0.84, 1.23),
  /** On a processor, of 12 runs. */
  CPU_DECODE(0.92, 1.2),
  /** Partly left to a host that nothing is known about: all 8 runs are met within 1.4. */
  HOST_DECODE(1 / 1.6, 1.6),
  /** A prompt on a graphics card, of 15 runs; servers with short prompts are far slower. */
  CARD_PROMPT(0.59, 2.69),
  /** On a GPU that shares the CPU's memory, of 20 runs. */
  SHARED_GPU_PROMPT(0.77, 1.48),
  /** The time per output token of a server in a closed loop, of 239 runs. */
  SERVED_TOKEN(0.81, 1.3),
  /** The time to its first token, of the same. */
  SERVED_FIRST_TOKEN(0.33, 2.6);

  private final double lowest;
  private final double highest;

  MeasuredError(double lowest, double highest) {
    this.lowest = lowest;
    this.highest = highest;
  }

  /** The factor that nine of ten runs do not fall below, at most 1. */
  public double lowest() {
    return lowest;
  }

  /** The factor that they do not pass, at least 1. */
  public double highest() {
    return highest;
  }

  /** A prediction with its error, nothing of it below its bound. */
  public PredictedTime around(double seconds, PredictedTime bound) {
    return new PredictedTime(seconds, bound.boundBy(), seconds * lowest, seconds * highest)
        .atLeast(bound.seconds());
  }

  /** Of decode steps of models that fit a device. */
  static MeasuredError ofDecode(Device device) {
    return switch (device.kind()) {
      case CPU -> CPU_DECODE;
      case GPU, ACCELERATOR -> device.isMemoryShared() ? SHARED_GPU_DECODE : CARD_DECODE;
    };
  }

  /** Of prompts on a GPU. */
  static MeasuredError ofPrompt(Device device) {
    return device.isMemoryShared() ? SHARED_GPU_PROMPT : CARD_PROMPT;
  }
}
