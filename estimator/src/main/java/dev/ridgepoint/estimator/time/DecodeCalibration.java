package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Device;

/**
 * What decoding takes beyond the roofline, per kind of device.
 *
 * <p>Fitted at once to the 70 decode runs of 23 models on a GTX 1050 Ti, an RTX 5070 and an M4 Pro
 * (llama.cpp and MLX) that its test names, so as to make the mean of |log(predicted / measured)|
 * least: one {@code memoryEfficiency} of GPUs, {@code operationSeconds} of graphics cards and of
 * those that share the CPU's memory, {@link #SUPER_BLOCK_FLOPS}, and {@link
 * #HOST_BYTES_PER_SECOND}. Nothing is fitted to a model, a runtime or a single run. The mean error
 * is 5.9 %, of the 62 runs whose model fits 4.2 %, of the 8 others 19 %. Of a device left out of
 * the fit it is 7 % (M4 Pro) and 9 % (RTX 5070, its models that fit), with the other kind's {@code
 * operationSeconds}, because none of its own is left. Unpacking shows on the GTX 1050 Ti alone; the
 * runs of M1 and M2 in the test are what else is known of it. No run of an accelerator was at hand;
 * they are taken for cards.
 *
 * @param memoryEfficiency the share of the memory's bandwidth that reading weights reaches
 * @param operationSeconds of each operation, however small: its launch, its start and its end
 * @param isUnpackingCounted whether unpacking can take longer than reading; processors' vector
 *     instructions keep up (all of Q2_K to Q8_0 run at 9.8 to 10.6 GB/s on a Raspberry Pi 5, see
 *     {@link #CPU})
 */
record DecodeCalibration(
    double memoryEfficiency, double operationSeconds, boolean isUnpackingCounted) {

  /** Graphics cards with memory of their own. */
  static final DecodeCalibration CARD = new DecodeCalibration(0.86, 4.7e-6, true);

  /** GPUs that share the CPU's memory. */
  static final DecodeCalibration SHARED_GPU = new DecodeCalibration(0.86, 6.3e-6, true);

  /**
   * Processors: 0.57 to 0.62 of 17.1 GB/s in five runs on a Raspberry Pi 5 (ggml-org/llama.cpp
   * issue 26484), operations included.
   */
  static final DecodeCalibration CPU = new DecodeCalibration(0.6, 0, false);

  /**
   * What a desktop's processor reads of the layers that do not fit a card. The runs do not name
   * their host.
   */
  static final double HOST_BYTES_PER_SECOND = 34e9;

  /** Unpacking an element of a super-block with its nested scales, in F32 FLOPs that could be. */
  private static final double SUPER_BLOCK_FLOPS = 16;

  /**
   * Unpacking an element of a small block. An M1 Max with 24 cores (7.8 TFLOP/s, one pipe) decodes
   * Llama-2-7B in Q4_0 at 48.65 tokens/s (XiongjieDai/GPU-Benchmarks-on-LLM-Inference).
   */
  private static final double BLOCK_FLOPS = 11;

  /** From here on an element is converted by a single instruction. */
  private static final double UNPACKED_BITS = 8;

  static DecodeCalibration of(Device device) {
    return switch (device.kind()) {
      case CPU -> CPU;
      case GPU, ACCELERATOR -> device.isMemoryShared() ? SHARED_GPU : CARD;
    };
  }

  /** FLOPs that the time to unpack one element would be enough for. */
  double unpackFlops(Precision precision) {
    if (!isUnpackingCounted || precision.bitsPerElement() >= UNPACKED_BITS) {
      return 0;
    }
    return precision.blockElements() == Precision.SUPER_BLOCK ? SUPER_BLOCK_FLOPS : BLOCK_FLOPS;
  }
}
