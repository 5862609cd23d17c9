package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.CheckpointBytes;
import dev.ridgepoint.estimator.format.QuantizationMix;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Route;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;

/**
 * How long a decode step of llama.cpp or its like takes on one device that was never measured, by
 * the formula of {@link DecodeSpeed} and the constants of {@link DecodeCalibration}. Nothing of it,
 * its error included, is faster than the roofline's bound in the same formats.
 *
 * @param device what runs it
 * @param computeDtype what the device multiplies in
 * @param architecture a decoder
 * @param mix formats of the weights
 */
public record DatasheetTime(
    Device device, ComputeDtype computeDtype, Architecture architecture, QuantizationMix mix)
    implements TimeModel {

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
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if {@code step} is no decode step
   */
  @Override
  public PredictedTime predict(List<OperationCost> operations, Step step) {
    return decode(operations, step).time();
  }

  /**
   * The terms of a decode step's time, with room for 4096 positions of each sequence at least.
   *
   * @param operations all of the step; latents expanded in the cache, as files without split
   *     projections make llama.cpp do
   * @throws InvalidInputException if the weights do not fit a device that has no host beside it, or
   *     its peak is not known
   * @throws IllegalArgumentException if {@code step} is no decode step
   */
  public DecodeSpeed decode(List<OperationCost> operations, Step step) {
    int batch = step.sequences().size();
    if (step.totalNewTokens() != batch) {
      throw new IllegalArgumentException(
          "a decode step has one new token of each sequence, but %d of %d"
              .formatted(step.totalNewTokens(), batch));
    }
    CheckpointBytes weights = CheckpointBytes.of(architecture, mix, batch);
    Cost total = OperationList.total(operations);
    Roofline roofline = device.roofline(computeDtype);
    double bytes = (double) weights.readBytes() + total.kvReadBytes() + total.kvWrittenBytes();
    DecodeCalibration calibration = DecodeCalibration.of(device);
    long kernels = operations.size() + routingKernels(operations);
    return new DecodeSpeed(
        batch,
        bytes,
        device.memoryBytesPerSecond() * calibration.memoryEfficiency(),
        total.flops() / roofline.peakFlopsPerSecond(),
        unpackSeconds(calibration, weights),
        kernels * calibration.operationSeconds(),
        hostShare(weights, total, step),
        bytes / DecodeCalibration.HOST_BYTES_PER_SECOND,
        bound(roofline, total, weights));
  }

  /** Of the same operations, their weights in the formats of the mix. */
  private static PredictedTime bound(Roofline roofline, Cost total, CheckpointBytes weights) {
    long bytes = total.bytes() - total.weightBytes() + weights.readBytes();
    return PredictedTime.of(
        roofline.boundSeconds(total.flops(), bytes), roofline.boundBy(total.flops(), bytes));
  }

  private double unpackSeconds(DecodeCalibration calibration, CheckpointBytes weights) {
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

  private static long routingKernels(List<OperationCost> operations) {
    return operations.stream()
        .mapToLong(
            each ->
                each.operation() instanceof Route route
                    ? ROUTING_KERNELS + route.experts().numExpertsPerToken()
                    : 0)
        .sum();
  }

  private double hostShare(CheckpointBytes weights, Cost total, Step step) {
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
    // What a step writes is one position of each sequence.
    double positionBytes = (double) total.kvWrittenBytes() / step.sequences().size();
    long positions =
        step.sequences().stream()
            .mapToLong(sequence -> Math.max(sequence.context(), USUAL_POSITIONS))
            .sum();
    double needed = weights.storedBytes() + positions * positionBytes + WORKSPACE_BYTES;
    return Math.max(0, 1 - available / needed);
  }
}
