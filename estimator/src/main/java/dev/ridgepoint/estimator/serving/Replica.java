package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.training.Inputs.require;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.cluster.Collective;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.Capacity;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.GenerationCost;
import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.inference.InferenceMemory.Allocation;
import dev.ridgepoint.estimator.inference.Workspace;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One copy of a model on t tensor-parallel devices, and how long its steps take.
 *
 * <p>Operations follow each other, each under the roofline that software reaches (see {@link
 * Efficiency}): max(FLOPs / (peak MFU), bytes / (bandwidth MBU)) of the share of one device. The
 * batch raises the intensity of the matrix products, which share their weights, and not that of
 * attention, which reads every sequence's own cache; that is why a step is no single roofline.
 * Between them, the devices sum the rows of the residual stream twice per layer and once behind the
 * embedding, and gather the logits, and nothing hides behind that. Sources: Pope et al. 2022,
 * "Efficiently Scaling Transformer Inference", arXiv:2211.05102, sections 2 and 3; Chen 2022,
 * "Transformer Inference Arithmetic", kipp.ly; Shoeybi et al. 2019, arXiv:1909.08053, section 3.
 */
public final class Replica {
  /** What an engine takes of a device's memory: vLLM's default {@code gpu_memory_utilization}. */
  private static final double MEMORY_SHARE = 0.9;

  /** Blocks of 16 positions: Kwon et al. 2023, arXiv:2309.06180, section 7.2. */
  private static final Allocation PAGED = new Allocation.Paged(16);

  private static final int SUMS_PER_LAYER = 2;

  private final Architecture shard;
  private final ForwardOptions prefillOptions;
  private final ForwardOptions decodeOptions;
  private final int devices;
  private final long usableBytes;
  private final Roofline roofline;

  /** Between the devices; empty if there is one alone. */
  private final Optional<Link> link;

  /**
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
    TensorParallelShard.mismatch(architecture, devices)
        .ifPresent(
            reason -> {
              throw new InvalidInputException(device.name(), reason);
            });
    this.shard = TensorParallelShard.of(architecture, devices);
    this.prefillOptions = options.withLatentForm(LatentForm.EXPANDED_EACH_STEP);
    this.decodeOptions = options.withLatentForm(LatentForm.ABSORBED);
    this.devices = devices;
    this.link = devices == 1 ? Optional.empty() : Optional.of(link(device, devices, efficiency));
    this.usableBytes =
        (long) (device.memoryBytes().orElseThrow(() -> unknownMemory(device)) * MEMORY_SHARE);
    this.roofline = efficiency.reached(device.roofline(computeDtype));
  }

  /**
   * Where the time of a step goes.
   *
   * @param matrices all operations but attention, each under its roof
   * @param attention of all sequences together
   * @param communication between the devices
   */
  private record StepSeconds(double matrices, double attention, double communication) {
    double total() {
      return matrices + attention + communication;
    }

    List<Term> terms() {
      return List.of(
          new Term("matrix products and all else", matrices),
          new Term("attention", attention),
          new Term("communication", communication));
    }
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

  private StepSeconds prefill(int promptTokens, int batch) {
    Step.Sequence prompt = new Step.Sequence(promptTokens, 0, 1);
    return stepSeconds(new Step(Collections.nCopies(batch, prompt)), prefillOptions);
  }

  /** Seconds of one decode step of these sequences, each with the tokens that it has cached. */
  public double decodeSeconds(List<Integer> contexts) {
    List<Step.Sequence> sequences =
        contexts.stream().map(context -> new Step.Sequence(1, context, 1)).toList();
    return stepSeconds(new Step(sequences), decodeOptions).total();
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

  private StepSeconds meanDecode(int batch, int context, int steps) {
    Step first = Step.decode(batch, context);
    List<OperationCost> matrices = matrices(OperationList.of(shard, decodeOptions, first));
    Cost one = OperationList.total(matrices);
    GenerationCost all = GenerationCost.of(shard, decodeOptions, batch, context, steps);
    BigInteger count = BigInteger.valueOf(steps);
    BigInteger flops = all.flops().subtract(count.multiply(BigInteger.valueOf(one.flops())));
    BigInteger bytes = all.bytes().subtract(count.multiply(BigInteger.valueOf(one.bytes())));
    return new StepSeconds(
        seconds(matrices),
        roofline.boundSeconds(flops.longValueExact(), bytes.longValueExact()) / steps,
        communicationSeconds(first));
  }

  /** What one device holds when {@code batch} sequences have reached {@code positions}. */
  public InferenceMemory memory(int batch, int positions) {
    return InferenceMemory.of(shard, decodeOptions, batch, positions, PAGED);
  }

  /** Memory of one device that the engine may fill. */
  public long usableBytes() {
    return usableBytes;
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

  private Capacity capacity(int promptTokens, int outputTokens) {
    int positions = Math.addExact(promptTokens, outputTokens);
    long prefill = Workspace.bytes(shard, prefillOptions, promptTokens, 1, positions);
    return new Capacity(shard, decodeOptions, PAGED, usableBytes - prefill);
  }

  private Map<String, Number> roofs() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("peak x MFU", roofline.peakFlopsPerSecond());
    inputs.put("bandwidth x MBU", roofline.bytesPerSecond());
    inputs.put("tensorParallel", devices);
    return inputs;
  }

  private static Derivation derivation(
      String quantity, int batch, Map<String, Number> inputs, StepSeconds seconds) {
    return new Derivation(
        quantity + ", batch " + batch,
        seconds.total(),
        "s",
        "sum over operations of max(FLOPs / (peak x MFU), bytes / (bandwidth x MBU)), of one"
            + " device's share, + communication",
        inputs,
        seconds.terms(),
        "Pope et al. 2022, arXiv:2211.05102, sections 2 and 3; Shoeybi et al. 2019,"
            + " arXiv:1909.08053, section 3");
  }

  private StepSeconds stepSeconds(Step step, ForwardOptions options) {
    List<OperationCost> operations = OperationList.of(shard, options, step);
    Cost attention = OperationList.total(operations.stream().filter(Replica::isAttention).toList());
    return new StepSeconds(
        seconds(matrices(operations)),
        roofline.boundSeconds(attention),
        communicationSeconds(step));
  }

  private double communicationSeconds(Step step) {
    return link.map(present -> communicationSeconds(step, present)).orElse(0.0);
  }

  private double communicationSeconds(Step step, Link link) {
    long rowBytes = decodeOptions.activations().rowBytes(shard.hiddenSize());
    long vocabulary = Math.multiplyExact((long) shard.embedding().vocabSize(), (long) devices);
    long logitBytes = decodeOptions.activations().rowBytes(vocabulary);
    int layers = shard.decoder().orElseThrow().layers().size();
    long streamBytes = Math.multiplyExact(step.totalNewTokens(), rowBytes);
    return (SUMS_PER_LAYER * layers + 1) * Collective.ALL_REDUCE.seconds(devices, streamBytes, link)
        + Collective.ALL_GATHER.seconds(
            devices, Math.multiplyExact(step.totalLogits(), logitBytes), link);
  }

  private double seconds(List<OperationCost> operations) {
    return operations.stream()
        .mapToDouble(operation -> roofline.boundSeconds(operation.cost()))
        .sum();
  }

  private static Link link(Device device, int devices, Efficiency efficiency) {
    require(
        device.linkBytesPerSecond().isPresent(),
        device.name(),
        "tensorParallel",
        devices,
        "must be 1 without a link to other devices");
    return new Link(
        device.name(), device.linkBytesPerSecond().getAsDouble(), efficiency.hopSeconds());
  }

  private static InvalidInputException unknownMemory(Device device) {
    return new InvalidInputException(device.name(), "memoryMiB must be known to serve");
  }

  /** All but attention: what does not depend on the context when tokens are decoded one by one. */
  private static List<OperationCost> matrices(List<OperationCost> operations) {
    return operations.stream().filter(operation -> !isAttention(operation)).toList();
  }

  private static boolean isAttention(OperationCost cost) {
    return switch (cost.operation()) {
      case Attend _, AttendExpandedLatents _, AttendLatents _ -> true;
      default -> false;
    };
  }
}
