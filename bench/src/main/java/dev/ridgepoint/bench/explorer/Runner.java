package dev.ridgepoint.bench.explorer;

import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Something that runs the model with its matrices in one format: this machine with a number of
 * threads, or a device of the catalogue; and what steps take there.
 *
 * @param decode by batch, then by context, in the order of the {@link Stops}
 * @param prefill by prompt, likewise
 * @param computeBoundBatches the smallest batch that makes decoding compute-bound, by context;
 *     empty where none up to {@link Explorer#MAX_CROSSING_BATCH} does
 * @param computeBoundPrompt the shortest prompt whose prefill is compute-bound; empty if none that
 *     the model attends to is
 */
public record Runner(
    Setup setup,
    List<List<Cell>> decode,
    List<Cell> prefill,
    List<OptionalInt> computeBoundBatches,
    OptionalInt computeBoundPrompt) {

  /**
   * What runs it, and how.
   *
   * @param name of processor or device
   * @param threads of this machine; empty for a device
   * @param formats of weights and cache
   * @param computeDtype what it multiplies in
   * @param roofline in {@code computeDtype}
   * @param memoryBytes what programs can use; empty where not known, and then everything fits
   * @param weightBytes of the stored model
   * @param decodeBasis what the predictions of decode steps rest on
   * @param prefillBasis what those of prefills rest on
   */
  public record Setup(
      String name,
      OptionalInt threads,
      DataFormats formats,
      String computeDtype,
      Roofline roofline,
      OptionalLong memoryBytes,
      long weightBytes,
      Basis decodeBasis,
      Basis prefillBasis) {}

  /** What predictions rest on. */
  public enum Basis {
    /**
     * This machine's kernels in the runner's format, timed. Between the shapes that were timed
     * their efficiency is interpolated, beyond them it stays at that of the outermost.
     */
    KERNELS,
    /**
     * What decoding takes on devices of this kind, fitted to measured runs of llama.cpp and MLX.
     */
    DATASHEET,
    /** Nothing but the roofline: the bound itself. */
    BOUND
  }

  public Runner {
    decode = decode.stream().map(List::copyOf).toList();
    prefill = List.copyOf(prefill);
    computeBoundBatches = List.copyOf(computeBoundBatches);
  }
}
