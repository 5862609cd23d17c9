package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.CheckpointBytes;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.KvCacheLayout;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.QuantizationMix;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long one decode step takes on a device that was never measured.
 *
 * <p>A step reads the weights that it touches and the cached keys and values, at a share of the
 * memory's bandwidth. Meanwhile it computes, and unpacks weights; the longest of the three counts.
 * Each operation takes a fixed time besides. What does not fit a card is left to its host's
 * processor, which has no time in common with the card:
 *
 * <p>seconds = (1 - s) (max(bytes / (e bandwidth), FLOPs / peak, u elements / F32 peak) + n o) + s
 * bytes / host bandwidth
 *
 * <p>with s the host's share, n operations and the constants e, o, u of {@link DecodeCalibration}.
 * It is meant for llama.cpp and its like on one device.
 *
 * @param batch sequences that get a token each
 * @param readBytes of weights and cache
 * @param reachedBytesPerSecond at which the device reads them, e bandwidth
 * @param computeSeconds to compute at the peak
 * @param unpackSeconds to unpack weights
 * @param operationSeconds that operations take however small they are
 * @param hostShare of weights and cache that do not fit, 0 to 1
 * @param hostSeconds for the host to read weights and cache, had it all of them
 */
public record DecodeSpeed(
    int batch,
    double readBytes,
    double reachedBytesPerSecond,
    double computeSeconds,
    double unpackSeconds,
    double operationSeconds,
    double hostShare,
    double hostSeconds) {

  /** The context that llama.cpp's servers make room for unless told otherwise. */
  private static final int USUAL_POSITIONS = 4096;

  /**
   * An allowance for what llama.cpp keeps for the outputs of operations, its compute buffer: its
   * logs name 105 MiB (mozilla-ai/llamafile pull request 552) to 672 MiB (ggml-org/llama.cpp pull
   * request 6122).
   */
  private static final double WORKSPACE_BYTES = 0.5e9;

  /**
   * Kernels of a mixture's routing besides its matrix product: softmax, sort, gather, sum, clamp,
   * division, scale, product ({@code build_moe_ffn} in llama.cpp's {@code src/llama-graph.cpp}).
   * One more for each chosen expert adds its output.
   */
  private static final int ROUTING_KERNELS = 8;

  /**
   * By this factor about nine of ten predictions are off at most for devices that played no part in
   * the calibration (33 of 38; all 62 of those that did, if the model fits).
   */
  private static final double ERROR_FACTOR = 1.4;

  /** The same with a host that nothing is known about: all 8 runs are met within 1.4. */
  private static final double HOST_ERROR_FACTOR = 1.6;

  /**
   * Decoding one token for each of {@code batch} sequences, with room for 4096 positions at least;
   * keys and values in F16. Latent attention caches keys and values, as files without split
   * projections make llama.cpp do.
   *
   * @param context positions cached before, of each sequence
   * @throws InvalidInputException if the weights do not fit a device that has no host beside it
   * @throws IllegalArgumentException if {@code architecture} has no decoder, or {@code batch} is
   *     not positive
   */
  public static DecodeSpeed of(
      Device device, Architecture architecture, QuantizationMix mix, int batch, int context) {
    CheckpointBytes weights = CheckpointBytes.of(architecture, mix, batch);
    Step step = Step.decode(batch, context);
    ForwardOptions options =
        ForwardOptions.of(new DataFormats(Precision.F16, Precision.F16), step)
            .withLatentForm(LatentForm.EXPANDED_CACHE);
    List<OperationCost> operations = OperationList.of(architecture, options, step);
    Cost total = OperationList.total(operations);
    double bytes = (double) weights.readBytes() + total.kvReadBytes() + total.kvWrittenBytes();
    DecodeCalibration calibration = DecodeCalibration.of(device);
    long kernels = operations.size() + routingKernels(architecture);
    return new DecodeSpeed(
        batch,
        bytes,
        device.memoryBytesPerSecond() * calibration.memoryEfficiency(),
        total.flops() / device.roofline(matrixDtype(device)).peakFlopsPerSecond(),
        unpackSeconds(device, calibration, weights),
        kernels * calibration.operationSeconds(),
        hostShare(device, architecture, weights, batch, context),
        bytes / DecodeCalibration.HOST_BYTES_PER_SECOND);
  }

  /** To read weights and cache. */
  public double memorySeconds() {
    return readBytes / reachedBytesPerSecond;
  }

  /** The time of one step. */
  public double seconds() {
    return (1 - hostShare) * (longestSeconds() + operationSeconds) + hostShare * hostSeconds;
  }

  /** What binds the device. */
  private double longestSeconds() {
    return Math.max(memorySeconds(), Math.max(computeSeconds, unpackSeconds));
  }

  /** Tokens of all sequences together. */
  public double tokensPerSecond() {
    return batch / seconds();
  }

  /** What about nine of ten runs reach. */
  public double lowestTokensPerSecond() {
    return tokensPerSecond() / errorFactor();
  }

  /** What about nine of ten runs do not pass. */
  public double highestTokensPerSecond() {
    return tokensPerSecond() * errorFactor();
  }

  /** How the tokens per second come about. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("batch", batch);
    inputs.put("bytes", readBytes);
    inputs.put("reachedBandwidth", reachedBytesPerSecond);
    inputs.put("computeSeconds", computeSeconds);
    inputs.put("unpackSeconds", unpackSeconds);
    inputs.put("operationSeconds", operationSeconds);
    inputs.put("hostShare", hostShare);
    inputs.put("hostSeconds", hostSeconds);
    inputs.put("stepSeconds", seconds());
    return new Derivation(
        "predicted decode speed",
        tokensPerSecond(),
        "tokens/s",
        "batch / stepSeconds; stepSeconds = (1 - hostShare) (max(bytes / reachedBandwidth,"
            + " computeSeconds, unpackSeconds) + operationSeconds) + hostShare x hostSeconds",
        inputs,
        List.of(),
        "fitted to 70 measured decode runs of llama.cpp and MLX; about nine of ten lie within a"
            + " factor of "
            + errorFactor());
  }

  private double errorFactor() {
    return hostShare > 0 ? HOST_ERROR_FACTOR : ERROR_FACTOR;
  }

  private static ComputeDtype matrixDtype(Device device) {
    return device.peakFlopsPerSecond().containsKey(ComputeDtype.F16)
        ? ComputeDtype.F16
        : device.peakFlopsPerSecond().containsKey(ComputeDtype.BF16)
            ? ComputeDtype.BF16
            : ComputeDtype.F32;
  }

  private static double unpackSeconds(
      Device device, DecodeCalibration calibration, CheckpointBytes weights) {
    if (!device.peakFlopsPerSecond().containsKey(ComputeDtype.F32)) {
      return 0; // of an accelerator whose general arithmetic is not known
    }
    double flops =
        weights.readElements().entrySet().stream()
            .mapToDouble(entry -> entry.getValue() * calibration.unpackFlops(entry.getKey()))
            .sum();
    double peak = device.roofline(ComputeDtype.F32).peakFlopsPerSecond();
    return flops / (device.hasOnePipe() ? peak / 2 : peak);
  }

  private static long routingKernels(Architecture architecture) {
    return architecture.decoder().orElseThrow().layers().stream()
        .mapToLong(
            layer ->
                layer.feedForward() instanceof MixtureOfExperts experts
                    ? ROUTING_KERNELS + experts.numExpertsPerToken()
                    : 0)
        .sum();
  }

  private static double hostShare(
      Device device, Architecture architecture, CheckpointBytes weights, int batch, int context) {
    if (device.memoryBytes().isEmpty()) {
      return 0;
    }
    double available = device.memoryBytes().getAsLong();
    if (device.kind() == Device.Kind.CPU || device.isMemoryShared()) {
      if (weights.storedBytes() > available) {
        throw new InvalidInputException(
            device.name(),
            "has %.1f GB of usable memory, but the weights take %.1f GB"
                .formatted(available / 1e9, weights.storedBytes() / 1e9));
      }
      return 0;
    }
    double positions = (double) batch * Math.max(context, USUAL_POSITIONS);
    double cache =
        positions
            * KvCacheLayout.bytesPerToken(architecture, Precision.F16, LatentForm.EXPANDED_CACHE);
    double needed = weights.storedBytes() + cache + WORKSPACE_BYTES;
    return Math.max(0, 1 - available / needed);
  }
}
