package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Route;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a decode step, or a prompt, of llama.cpp or its like takes on one device that was never
 * measured: a step by the formula of {@link DecodeSpeed} and the constants of {@link
 * DecodeCalibration}. Nothing of it, its error included, is faster than the roofline's bound in the
 * same formats.
 *
 * @param device what runs it
 * @param computeDtype what the device multiplies in
 * @param architecture a decoder
 * @param options formats of weights and cache, those of the operations that it is asked about
 */
public record DatasheetTime(
    Device device, ComputeDtype computeDtype, Architecture architecture, ForwardOptions options)
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
   * The terms of a decode step's time as llama.cpp runs it, latents expanded in the cache, but no
   * faster than {@code bound}.
   *
   * @param bound the device's roofline over the step in the formats of {@link #options}
   * @throws InvalidInputException as {@link #decode(List, Step)}
   * @throws IllegalArgumentException if {@code step} is no decode step
   */
  public DecodeSpeed decode(Step step, PredictedTime bound) {
    ForwardOptions expanded = options.withLatentForm(LatentForm.EXPANDED_CACHE);
    return new DatasheetTime(device, computeDtype, architecture, expanded)
        .decode(OperationList.of(architecture, expanded, step), step)
        .atLeast(bound);
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
          String.format(
              Locale.ROOT,
              "a decode step has one new token of each sequence, but %d of %d",
              step.totalNewTokens(),
              batch));
    }
    Cost total = OperationList.total(operations);
    Roofline roofline = device.roofline(computeDtype);
    double cacheBytes = (double) total.kvReadBytes() + total.kvWrittenBytes();
    DecodeCalibration calibration = DecodeCalibration.of(device);
    long kernels = operations.size() + routingKernels(operations);
    return new DecodeSpeed(
        batch,
        total.weightBytes(),
        device.memoryBytesPerSecond() * calibration.memoryEfficiency(),
        cacheBytes,
        device.memoryBytesPerSecond() * calibration.cacheEfficiency(),
        total.flops() / roofline.peakFlopsPerSecond(),
        unpackSeconds(calibration, operations),
        kernels * calibration.operationSeconds(),
        hostShare(step),
        (total.weightBytes() + cacheBytes) / DecodeCalibration.HOST_BYTES_PER_SECOND,
        MeasuredError.ofDecode(device),
        PredictedTime.of(roofline.boundSeconds(total), roofline.boundBy(total)));
  }

  /**
   * The time of a prompt: its FLOPs at a share of the peak, or its bytes at that of the bandwidth,
   * and each operation's own; empty if nothing is known of such devices.
   *
   * @param operations all of the prompt's step
   */
  public Optional<PredictedTime> prompt(List<OperationCost> operations) {
    Cost total = OperationList.total(operations);
    Roofline roofline = device.roofline(computeDtype);
    DecodeCalibration decode = DecodeCalibration.of(device);
    return PromptCalibration.of(device)
        .map(
            calibration -> {
              double compute =
                  total.flops() / (roofline.peakFlopsPerSecond() * calibration.peakEfficiency());
              double memory =
                  total.bytes() / (roofline.bytesPerSecond() * decode.memoryEfficiency());
              double seconds =
                  Math.max(compute, memory) + operations.size() * decode.operationSeconds();
              return MeasuredError.ofPrompt(device)
                  .around(
                      seconds,
                      PredictedTime.of(roofline.boundSeconds(total), roofline.boundBy(total)));
            });
  }

  private double unpackSeconds(DecodeCalibration calibration, List<OperationCost> operations) {
    if (!device.peakFlopsPerSecond().containsKey(ComputeDtype.F32)) {
      return 0; // of an accelerator whose general arithmetic is not known
    }
    double flops = operations.stream().mapToDouble(each -> unpackFlops(calibration, each)).sum();
    double peak = device.roofline(ComputeDtype.F32).peakFlopsPerSecond();
    return flops / (device.hasOnePipe() ? peak / 2 : peak);
  }

  /** Of the elements that an operation reads: its weights, or as large a part as it reads. */
  private double unpackFlops(DecodeCalibration calibration, OperationCost each) {
    int layer = each.operation().layer();
    double bytes = 0;
    double flops = 0;
    for (WeightTensor tensor : each.operation().weights()) {
      bytes += options.weights().bytes(tensor, layer);
      if (tensor.isMatrix()) {
        double elements = (double) tensor.rows() * tensor.columns();
        flops += elements * calibration.unpackFlops(options.weights().of(tensor, layer));
      }
    }
    return flops == 0 ? 0 : flops * each.cost().weightBytes() / bytes;
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

  private double hostShare(Step step) {
    if (device.memoryBytes().isEmpty()) {
      return 0;
    }
    long weightBytes = options.weights().storedBytes(architecture);
    double available = device.memoryBytes().getAsLong();
    if (device.kind() == Device.Kind.CPU || device.isMemoryShared()) {
      if (weightBytes > available) {
        throw new InvalidInputException(
            device.name(),
            String.format(
                Locale.ROOT,
                "has %.1f GB of usable memory, but the weights take %.1f GB",
                available / 1e9,
                weightBytes / 1e9));
      }
      return 0;
    }
    double cacheBytes = 0;
    for (Step.Sequence sequence : step.sequences()) {
      long positions = Math.max(sequence.context(), USUAL_POSITIONS);
      cacheBytes += options.kvCache().sequenceBytes(architecture, positions);
    }
    return Math.max(0, 1 - available / (weightBytes + cacheBytes + WORKSPACE_BYTES));
  }
}
