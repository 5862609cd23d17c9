package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.operation.ExpertsTouched;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.List;
import java.util.Optional;

/**
 * In what formats a model is served. What they do to its answers is not judged here.
 *
 * @param name such as {@code FP8}
 * @param options formats
 * @param computeDtypes in which products may be taken, the best first
 */
public record ServingPrecision(
    String name, ForwardOptions options, List<ComputeDtype> computeDtypes) {
  private static final List<ComputeDtype> HALF = List.of(ComputeDtype.BF16, ComputeDtype.F16);

  /** 16 bits everywhere. */
  public static final ServingPrecision BF16 =
      of("BF16", Precision.BF16, Precision.BF16, Precision.BF16, HALF);

  /** Weights, cache and products in 8 bits. */
  public static final ServingPrecision FP8 =
      of("FP8", Precision.FP8, Precision.FP8, Precision.BF16, List.of(ComputeDtype.FP8));

  /** 4-bit weights in groups of 128, unpacked to be multiplied in 16 bits. */
  public static final ServingPrecision INT4 =
      of("INT4-G128", Precision.grouped(4, 128, false), Precision.BF16, Precision.BF16, HALF);

  /** A checkpoint's own formats, unpacked to be multiplied in 16 bits; the cache in 16 too. */
  public static ServingPrecision of(WeightFormats formats) {
    return new ServingPrecision(
        formats.name(),
        new ForwardOptions(
            formats, KvCacheFormat.of(Precision.BF16), Precision.BF16, ExpertsTouched.EXPECTED),
        HALF);
  }

  public ServingPrecision {
    computeDtypes = List.copyOf(computeDtypes);
  }

  /** The dtype that a device takes products in; empty if it has none of them. */
  public Optional<ComputeDtype> computeDtype(Device device) {
    return computeDtypes.stream().filter(device.peakFlopsPerSecond()::containsKey).findFirst();
  }

  private static ServingPrecision of(
      String name,
      Precision weights,
      Precision kvCache,
      Precision activations,
      List<ComputeDtype> computeDtypes) {
    return new ServingPrecision(
        name,
        new ForwardOptions(
            WeightFormats.usual(weights, activations),
            KvCacheFormat.of(kvCache),
            activations,
            ExpertsTouched.EXPECTED),
        computeDtypes);
  }
}
