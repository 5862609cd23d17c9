package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Device;

/**
 * What decoding takes beyond the roofline, per kind of device.
 *
 * <p>Cards: fitted at once to the decode runs of 23 models on a GTX 1050 Ti, an RTX 5070 and an M4
 * Pro (llama.cpp and MLX) that {@code DecodeSpeedTest} names, so as to make the mean of
 * |log(predicted / measured)| least, with {@link #SUPER_BLOCK_FLOPS} and {@link
 * #HOST_BYTES_PER_SECOND}. Nothing is fitted to a model, a runtime or a single run. Unpacking shows
 * on the GTX 1050 Ti alone; runs of M1 and M2 are what else is known of it. No run of an
 * accelerator was at hand; they are taken for cards.
 *
 * <p>GPUs that share their memory: a compromise between the M4 Pro's runs there and the 29 of
 * Apple's M1 to M4 in {@code MeasuredDecodeTest}, among them the long contexts that show what
 * reading a cache takes. Processors: fitted to 22 runs of 8 models on a Ryzen 7 7840HS, whose
 * memory was taken for DDR5-5600, a Ryzen 9 7950X, an M4 Pro's cores and Raspberry Pis; see {@link
 * #CPU} and {@link #NARROW_CPU}.
 *
 * @param memoryEfficiency the share of the memory's bandwidth that reading weights reaches
 * @param cacheEfficiency the share that reading keys and values reaches, whose kernels have a
 *     head's worth of threads
 * @param operationSeconds of each operation, however small: its launch, its start and its end
 * @param isUnpackingCounted whether unpacking can take longer than reading; processors' vector
 *     instructions keep up (all of Q2_K to Q8_0 run at 9.8 to 10.6 GB/s on a Raspberry Pi 5, see
 *     {@link #NARROW_CPU}) once enough threads share the work
 */
record DecodeCalibration(
    double memoryEfficiency,
    double cacheEfficiency,
    double operationSeconds,
    boolean isUnpackingCounted) {

  /** Graphics cards with memory of their own. */
  static final DecodeCalibration CARD = new DecodeCalibration(0.86, 0.66, 4.7e-6, true);

  /** GPUs that share the CPU's memory. */
  static final DecodeCalibration SHARED_GPU = new DecodeCalibration(0.82, 0.08, 4e-6, true);

  /**
   * Processors with threads enough for their memory: between the 0.79 that two programs reach with
   * Q8_0 on a Ryzen 9 7950X and the 0.64 of a Ryzen 7 7840HS, if its memory is DDR5-5600.
   */
  static final DecodeCalibration CPU = new DecodeCalibration(0.72, 0.15, 2e-6, false);

  /**
   * Processors with one channel of 32 bits, whose refreshes and turnarounds no other channel hides:
   * a Raspberry Pi 5 decodes at 0.57 to 0.62 of its bandwidth (five runs, ggml-org/llama.cpp issue
   * 26484, operations included), and plainly reads 9.1 to 9.4 of 17.1 GB/s with one core
   * (raspberrypi/firmware issue 1876, where two boards differ by 16 % in copying).
   */
  static final DecodeCalibration NARROW_CPU = new DecodeCalibration(0.62, 0.15, 2e-6, false);

  /** More than one channel of 32 bits gives: LPDDR4X-4267 has 17.1 GB/s. */
  private static final double NARROW_BYTES_PER_SECOND = 20e9;

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
      case CPU -> device.memoryBytesPerSecond() < NARROW_BYTES_PER_SECOND ? NARROW_CPU : CPU;
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
