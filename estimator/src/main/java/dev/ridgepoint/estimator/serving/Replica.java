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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One copy of a model on devices that share it: what it holds, what fits, and how long its steps
 * take by {@link ServingTime}.
 */
public final class Replica {
  /** What an engine takes of a device's memory: vLLM's default {@code gpu_memory_utilization}. */
  private static final double MEMORY_SHARE = 0.9;

  /** Blocks of 16 positions: Kwon et al. 2023, arXiv:2309.06180, section 7.2. */
  private static final Allocation PAGED = new Allocation.Paged(16);

  private final ShardWork work;
  private final long deviceBytes;
  private final ServingTime time;
  private final ReplicaSteps steps;

  /**
   * Products are taken in one dtype.
   *
   * @param architecture a decoder alone
   * @param options formats; how latents are computed follows from the phase
   * @param device every one of them
   * @param computeDtype in which the products are taken
   * @param layout how devices share the model
   * @throws InvalidInputException if the devices cannot share the model, do not compute in this
   *     dtype, or have no known memory or link
   */
  public Replica(
      Architecture architecture,
      ForwardOptions options,
      Device device,
      ComputeDtype computeDtype,
      ServingLayout layout,
      Efficiency efficiency) {
    this(
        ShardWork.of(device.name(), architecture, options, layout),
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
   * @param layout how devices share the model
   * @throws InvalidInputException if the devices cannot share the model, or have no known memory or
   *     link
   */
  public static Replica inWeightFormats(
      Architecture architecture,
      ForwardOptions options,
      Device device,
      ServingLayout layout,
      Efficiency efficiency) {
    return new Replica(
        ShardWork.of(device.name(), architecture, options, layout),
        device,
        weights -> ProductDtype.of(device, weights),
        efficiency);
  }

  private Replica(
      ShardWork work,
      Device device,
      Function<Precision, ComputeDtype> dtypes,
      Efficiency efficiency) {
    ServingLayout layout = work.layout();
    Optional<Link> link =
        layout.devices() == 1 ? Optional.empty() : Optional.of(link(device, layout, efficiency));
    this.work = work;
    this.deviceBytes = device.memoryBytes().orElseThrow(() -> unknownMemory(device));
    this.time =
        new ServingTime(
            work.shard(), work.decodeOptions(), device, dtypes, efficiency, layout, link);
    this.steps = new ReplicaSteps(work, time);
  }

  /** Seconds from the start of a prefill of {@code batch} prompts to their first tokens. */
  public double prefillSeconds(int promptTokens, int batch) {
    return steps.prefill(promptTokens, batch).total();
  }

  /** How {@link #prefillSeconds} come about. */
  public Derivation prefillDerivation(int promptTokens, int batch) {
    Map<String, Number> inputs = roofs();
    inputs.put("batch", batch);
    inputs.put("promptTokens", promptTokens);
    return derivation("time to first token", batch, inputs, steps.prefill(promptTokens, batch));
  }

  /** Seconds of one decode step of these sequences, each with the tokens that it has cached. */
  public double decodeSeconds(List<Integer> contexts) {
    return steps.decode(contexts).total();
  }

  /**
   * Mean seconds of {@code steps} decode steps of {@code batch} sequences, which have {@code
   * context} tokens before the first: time per output token. The counts are exact sums over all
   * positions; which roof binds attention is decided once for all of them.
   */
  public double meanDecodeSeconds(int batch, int context, int steps) {
    return this.steps.meanDecode(batch, context, steps).total();
  }

  /** How {@link #meanDecodeSeconds} come about. */
  public Derivation decodeDerivation(int batch, int context, int steps) {
    Map<String, Number> inputs = roofs();
    inputs.put("batch", batch);
    inputs.put("context", context);
    inputs.put("steps", steps);
    return derivation(
        "time per output token", batch, inputs, this.steps.meanDecode(batch, context, steps));
  }

  /** How the experts' part of a decode step comes about; empty where they are not shared out. */
  public List<Derivation> expertDerivations(int batch, int context) {
    return steps.expertDerivations(batch, context);
  }

  /** What one device holds when {@code batch} sequences have reached {@code positions}. */
  public InferenceMemory memory(int batch, int positions) {
    return InferenceMemory.of(
        work.shard(), work.decodeOptions(), layout().ofGroup(batch), positions, PAGED);
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
    return ofAllGroups(
        capacity(promptTokens, outputTokens)
            .largestBatch(Math.addExact(promptTokens, outputTokens)));
  }

  /** How {@link #largestBatch} comes about, for one group of devices. */
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
    return ofAllGroups(
        engine.isReserving() || fullLength == 0
            ? fullLength
            : capacity.largestBatch(clients.meanContext()));
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
    inputs.put("tensorParallel", layout().tensorParallel());
    if (layout().expertParallel() > 1) {
      inputs.put("expertParallel", layout().expertParallel());
    }
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

  /** How the devices share the model. */
  public ServingLayout layout() {
    return time.layout();
  }

  /** Its steps. */
  ReplicaSteps steps() {
    return steps;
  }

  private int ofAllGroups(int sequences) {
    return Math.toIntExact(
        Math.min((long) sequences * layout().attentionGroups(), Integer.MAX_VALUE));
  }

  private static Link link(Device device, ServingLayout layout, Efficiency efficiency) {
    require(
        device.linkBytesPerSecond().isPresent(),
        device.name(),
        layout.tensorParallel() == 1 ? "expertParallel" : "tensorParallel",
        layout.devices(),
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
