package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.require;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.inference.Capacity;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.inference.InferenceMemory.Allocation;
import dev.ridgepoint.estimator.inference.Workspace;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.PredictedTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One copy of a model on t tensor-parallel devices: what it holds, what fits, and how long its
 * steps take by {@link ServingTime}.
 */
public final class Replica {
  /** What an engine takes of a device's memory: vLLM's default {@code gpu_memory_utilization}. */
  private static final double MEMORY_SHARE = 0.9;

  /** Blocks of 16 positions: Kwon et al. 2023, arXiv:2309.06180, section 7.2. */
  private static final Allocation PAGED = new Allocation.Paged(16);

  private final ShardWork work;
  private final long deviceBytes;
  private final ServingTime time;

  /**
   * Products are taken in one dtype.
   *
   * @param architecture a decoder alone
   * @param options formats; how latents are computed follows from the phase
   * @param device every one of them
   * @param computeDtype in which the products are taken
   * @param devices tensor-parallel devices, t
   * @throws InvalidInputException if the devices cannot share the model, do not compute in this
   *     dtype, or have no known memory or link
   */
  public Replica(
      Architecture architecture,
      ForwardOptions options,
      Device device,
      ComputeDtype computeDtype,
      int devices,
      Efficiency efficiency) {
    this(
        ShardWork.of(device.name(), architecture, options, devices),
        device,
        computeDtype,
        efficiency);
  }

  /** The same, of work that is counted already, perhaps for another device. */
  Replica(ShardWork work, Device device, ComputeDtype computeDtype, Efficiency efficiency) {
    this(work, device, _ -> computeDtype, efficiency);
    device.roofline(computeDtype); // refuses a dtype that the device does not have
  }

  /**
   * Products are taken in the format of their weights, where the device multiplies in it.
   *
   * @param architecture a decoder alone
   * @param options formats; how latents are computed follows from the phase
   * @param device every one of them
   * @param devices tensor-parallel devices, t
   * @throws InvalidInputException if the devices cannot share the model, or have no known memory or
   *     link
   */
  public static Replica inWeightFormats(
      Architecture architecture,
      ForwardOptions options,
      Device device,
      int devices,
      Efficiency efficiency) {
    return new Replica(
        ShardWork.of(device.name(), architecture, options, devices),
        device,
        weights -> ProductDtype.of(device, weights),
        efficiency);
  }

  private Replica(
      ShardWork work,
      Device device,
      Function<Precision, ComputeDtype> dtypes,
      Efficiency efficiency) {
    int devices = work.devices();
    Optional<Link> link =
        devices == 1 ? Optional.empty() : Optional.of(link(device, devices, efficiency));
    this.work = work;
    this.deviceBytes = device.memoryBytes().orElseThrow(() -> unknownMemory(device));
    this.time =
        new ServingTime(
            work.shard(), work.decodeOptions(), device, dtypes, efficiency, devices, link);
  }

  /** Seconds from the start of a prefill of {@code batch} prompts to their first tokens. */
  public double prefillSeconds(int promptTokens, int batch) {
    return prefill(promptTokens, batch).total();
  }

  /** How {@link #prefillSeconds} come about. */
  public Derivation prefillDerivation(int promptTokens, int batch) {
    Map<String, Number> inputs = roofs();
    inputs.put("batch", batch);
    inputs.put("promptTokens", promptTokens);
    return derivation("time to first token", batch, inputs, prefill(promptTokens, batch));
  }

  private ServingTime.Terms prefill(int promptTokens, int batch) {
    return time.terms(work.prefill(promptTokens, batch));
  }

  /** Seconds of one decode step of these sequences, each with the tokens that it has cached. */
  public double decodeSeconds(List<Integer> contexts) {
    List<Step.Sequence> sequences =
        contexts.stream().map(context -> new Step.Sequence(1, context, 1)).toList();
    return time.terms(work.decode(new Step(sequences))).total();
  }

  /**
   * Mean seconds of {@code steps} decode steps of {@code batch} sequences, which have {@code
   * context} tokens before the first: time per output token. The counts are exact sums over all
   * positions; which roof binds attention is decided once for all of them.
   */
  public double meanDecodeSeconds(int batch, int context, int steps) {
    return meanDecode(batch, context, steps).total();
  }

  /** How {@link #meanDecodeSeconds} come about. */
  public Derivation decodeDerivation(int batch, int context, int steps) {
    Map<String, Number> inputs = roofs();
    inputs.put("batch", batch);
    inputs.put("context", context);
    inputs.put("steps", steps);
    return derivation("time per output token", batch, inputs, meanDecode(batch, context, steps));
  }

  private ServingTime.Terms meanDecode(int batch, int context, int steps) {
    ShardWork.DecodingCosts costs = work.decode(batch, context, steps);
    double attention = time.attentionSeconds(costs.attentionFlops(), costs.attentionBytes());
    return time.terms(costs.first()).withAttention(attention / steps);
  }

  /** What one device holds when {@code batch} sequences have reached {@code positions}. */
  public InferenceMemory memory(int batch, int positions) {
    return InferenceMemory.of(work.shard(), work.decodeOptions(), batch, positions, PAGED);
  }

  /** Memory of one device that the engine may fill. */
  public long usableBytes() {
    return (long) (deviceBytes * MEMORY_SHARE);
  }

  /**
   * The most sequences whose weights, paged keys and values, and activations fit, all of them at
   * their full length, while one prompt of {@code promptTokens} is prefilled; 0 if none do.
   */
  public int largestBatch(int promptTokens, int outputTokens) {
    return capacity(promptTokens, outputTokens)
        .largestBatch(Math.addExact(promptTokens, outputTokens));
  }

  /** How {@link #largestBatch} comes about. */
  public Derivation largestBatchDerivation(int promptTokens, int outputTokens) {
    return Derivations.largestBatch(
        capacity(promptTokens, outputTokens), Math.addExact(promptTokens, outputTokens));
  }

  /**
   * The most requests of a closed loop that an engine has at once: at their full length where it
   * keeps room for that, at their mean length otherwise; 0 if not one fits.
   */
  int largestBatch(ServingEngine engine, Clients clients) {
    int full = clients.promptTokens() + clients.outputTokens();
    long prefill =
        Workspace.bytes(work.shard(), work.prefillOptions(), clients.promptTokens(), 1, full);
    long weights = work.decodeOptions().weights().storedBytes(work.shard());
    Capacity capacity =
        new Capacity(
            work.shard(),
            work.decodeOptions(),
            PAGED,
            engine.usableBytes(deviceBytes, weights) - prefill);
    int fullLength = capacity.largestBatch(full);
    return engine.isReserving() || fullLength == 0
        ? fullLength
        : capacity.largestBatch(clients.meanContext());
  }

  private Capacity capacity(int promptTokens, int outputTokens) {
    int positions = Math.addExact(promptTokens, outputTokens);
    long prefill = Workspace.bytes(work.shard(), work.prefillOptions(), promptTokens, 1, positions);
    return new Capacity(work.shard(), work.decodeOptions(), PAGED, usableBytes() - prefill);
  }

  private Map<String, Number> roofs() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("MFU", time.efficiency().flopsUtilization());
    inputs.put("bandwidth", time.device().memoryBytesPerSecond());
    inputs.put("MBU", time.efficiency().bandwidthUtilization());
    inputs.put("operationSeconds", time.efficiency().operationSeconds());
    inputs.put("tensorParallel", time.devices());
    return inputs;
  }

  private static Derivation derivation(
      String quantity, int batch, Map<String, Number> inputs, ServingTime.Terms seconds) {
    return new Derivation(
        quantity + ", batch " + batch,
        seconds.total(),
        "s",
        "sum over operations of max(FLOPs / (peak x MFU), bytes / (bandwidth x MBU)) +"
            + " operationSeconds, of one device's share, + communication; experts and attention"
            + " with utilisations of their own",
        inputs,
        seconds.derivationTerms(),
        "Pope et al. 2022, arXiv:2211.05102, sections 2 and 3; Shoeybi et al. 2019,"
            + " arXiv:1909.08053, section 3");
  }

  /** The terms of a decode step of {@code batch} sequences of {@code context} cached tokens. */
  ServingTime.Terms decodeTerms(int batch, int context) {
    return time.terms(work.decode(Step.decode(batch, context)));
  }

  /** What no decode step of them falls below; see {@link ServingTime#bound}. */
  PredictedTime decodeBound(int batch, int context) {
    return time.bound(work.decode(Step.decode(batch, context)));
  }

  /** What no prefill of a prompt falls below. */
  PredictedTime promptBound(int promptTokens) {
    return time.bound(work.prefill(promptTokens, 1));
  }

  /**
   * Seconds of the steps that prefill {@code prompts} prompts together, in equal chunks of {@code
   * chunkTokens} at most, while {@code decoding} sequences of {@code context} cached tokens get a
   * token in each. The host launches their operations one by one, which can take longer.
   *
   * @param decoding may be 0
   */
  double promptSeconds(int prompts, int promptTokens, int chunkTokens, int decoding, int context) {
    long tokens = Math.multiplyExact((long) prompts, (long) promptTokens);
    int steps = promptSteps(prompts, promptTokens, chunkTokens);
    Step.Sequence chunk = new Step.Sequence(Math.toIntExact(Math.ceilDiv(tokens, steps)), 0, 1);
    List<Step.Sequence> sequences = new ArrayList<>();
    sequences.add(chunk);
    sequences.addAll(Collections.nCopies(decoding, new Step.Sequence(1, context, 1)));
    Step step = new Step(sequences);
    ShardWork.StepCosts costs = decoding == 0 ? work.prefill(step) : work.decode(step);
    double attention = prompts * promptAttentionSeconds(promptTokens) / steps;
    if (decoding > 0) {
      attention += decodeTerms(decoding, context).attention();
    }
    ServingTime.Terms terms = time.terms(costs).withAttention(attention);
    return steps * Math.max(terms.total(), time.hostSeconds(costs));
  }

  /** How many steps {@link #promptSeconds} are of. */
  static int promptSteps(int prompts, int promptTokens, int chunkTokens) {
    return Math.toIntExact(Math.ceilDiv((long) prompts * promptTokens, (long) chunkTokens));
  }

  private double promptAttentionSeconds(int promptTokens) {
    return time.attentionSeconds(work.prefill(promptTokens, 1));
  }

  private static Link link(Device device, int devices, Efficiency efficiency) {
    require(
        device.linkBytesPerSecond().isPresent(),
        device.name(),
        "tensorParallel",
        devices,
        "must be 1 without a link to other devices");
    return new Link(
        device.name(),
        device.linkBytesPerSecond().getAsDouble() * efficiency.linkUtilization(),
        efficiency.hopSeconds());
  }

  private static InvalidInputException unknownMemory(Device device) {
    return new InvalidInputException(device.name(), "memoryMiB must be known to serve");
  }
}
