package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.serving.ShardWork.StepCosts;
import dev.ridgepoint.estimator.time.PredictedTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How long a step takes on t tensor-parallel devices, which have a shard of the model each.
 *
 * <p>Where whole experts are shared out, all wait for the busiest device ({@link ExpertLoad});
 * where groups of devices attend to sequences of their own, tokens go to their experts and come
 * back ({@link ExpertExchange}) instead of being summed behind them.
 *
 * <p>Operations follow each other, each under the roofline that software reaches (see {@link
 * Efficiency}): max(FLOPs / (peak MFU), bytes / (bandwidth MBU)) of the share of one device, and a
 * fixed time besides. The batch raises the intensity of the matrix products, which share their
 * weights, and not that of attention, which reads every sequence's own cache; that is why a step is
 * no single roofline. Between them the devices sum what they have ({@link ShardSums}). Sources:
 * Pope et al. 2022, "Efficiently Scaling Transformer Inference", arXiv:2211.05102, sections 2 and
 * 3; Chen 2022, "Transformer Inference Arithmetic", kipp.ly.
 *
 * @param shard what one device has, whose operations are predicted
 * @param options formats of weights and activations
 * @param device every one of them
 * @param dtypes in what products with weights of a format are taken
 * @param efficiency what software reaches
 * @param layout how the devices share the model
 * @param link between the devices; empty if there is one alone
 */
record ServingTime(
    Architecture shard,
    ForwardOptions options,
    Device device,
    Function<Precision, ComputeDtype> dtypes,
    Efficiency efficiency,
    ServingLayout layout,
    Optional<Link> link) {

  /**
   * Where the time of a step goes, in seconds.
   *
   * @param matrices all operations but attention, each under its roof
   * @param attention of all sequences together
   * @param operations what each takes however small it is
   * @param communication between the devices: sums, and logits
   * @param exchange tokens to their experts and back
   */
  record Terms(
      double matrices, double attention, double operations, double communication, double exchange) {
    double total() {
      return matrices + attention + operations + communication + exchange;
    }

    Terms withAttention(double seconds) {
      return new Terms(matrices, seconds, operations, communication, exchange);
    }

    /** Its addends, the last of them where there is such a thing. */
    List<Term> derivationTerms() {
      List<Term> terms =
          List.of(
              new Term("matrix products and all else", matrices),
              new Term("attention over the caches", attention),
              new Term("start and end of operations", operations),
              new Term("communication between devices", communication));
      return exchange == 0
          ? terms
          : Stream.concat(
                  terms.stream(), Stream.of(new Term("tokens to experts and back", exchange)))
              .toList();
    }
  }

  /**
   * The terms of a step.
   *
   * @param costs of one device, of a step of its group
   * @param allTokens of all groups, which meet at the experts
   */
  Terms terms(StepCosts costs, long allTokens) {
    return new Terms(
        withoutAttention(costs.operations()).stream()
            .mapToDouble(each -> seconds(each, allTokens))
            .sum(),
        attentionSeconds(costs),
        costs.launches() * efficiency.operationSeconds(),
        link.map(present -> sums(present).seconds(costs.step())).orElse(0.0),
        link.map(present -> exchangeSeconds(costs, present)).orElse(0.0));
  }

  private ShardSums sums(Link present) {
    return new ShardSums(shard, options.activations(), device, layout, present);
  }

  /** Of all attention in a step, under one roof together. */
  double attentionSeconds(StepCosts costs) {
    Cost cost =
        OperationList.total(costs.operations().stream().filter(ServingTime::isAttention).toList());
    return attentionSeconds(cost.flops(), cost.bytes());
  }

  /** Of attention that computes and reads so much. */
  double attentionSeconds(long flops, long bytes) {
    Roofline datasheet = device.roofline(device.usualDtype());
    return new Roofline(
            datasheet.peakFlopsPerSecond() * efficiency.attentionFlopsUtilization(),
            datasheet.bytesPerSecond() * efficiency.attentionBandwidthUtilization())
        .boundSeconds(flops, bytes);
  }

  /**
   * The least time of a step as a whole on one device, nothing fitted: the longer of all FLOPs at
   * the peaks of their dtypes and all bytes at the datasheet's bandwidth.
   */
  PredictedTime bound(StepCosts costs) {
    double compute = costs.operations().stream().mapToDouble(this::peakSeconds).sum();
    double memory = OperationList.total(costs.operations()).bytes() / device.memoryBytesPerSecond();
    return PredictedTime.of(
        Math.max(compute, memory),
        compute >= memory ? Roofline.Bound.COMPUTE : Roofline.Bound.MEMORY);
  }

  private double peakSeconds(OperationCost each) {
    Roofline datasheet = device.roofline(dtype(each.operation()));
    return each.cost().flops() / datasheet.peakFlopsPerSecond();
  }

  /** What the host takes to launch the operations of a step one by one. */
  double hostSeconds(StepCosts costs) {
    return costs.launches() * efficiency.hostOperationSeconds();
  }

  private double seconds(OperationCost each, long allTokens) {
    Roofline datasheet = device.roofline(dtype(each.operation()));
    double reached =
        each.operation() instanceof ExpertLinear
            ? efficiency.expertBandwidthUtilization()
            : efficiency.bandwidthUtilization();
    return new Roofline(
            datasheet.peakFlopsPerSecond() * efficiency.flopsUtilization(),
            datasheet.bytesPerSecond() * reached)
        .boundSeconds(ofBusiest(each, allTokens));
  }

  /** What the device has to do that has most of it, in the mean of all steps. */
  private Cost ofBusiest(OperationCost each, long allTokens) {
    return switch (each.operation()) {
      case ExpertLinear linear when layout.expertParallel() > 1 ->
          scaled(each.cost(), ExpertLoad.of(linear.experts(), allTokens, layout.expertParallel()));
      default -> each.cost();
    };
  }

  private static Cost scaled(Cost cost, ExpertLoad load) {
    return new Cost(
        Math.round(load.rows() * cost.flops()),
        Math.round(load.rows() * cost.matmulFlops()),
        Math.round(load.touched() * cost.weightBytes()),
        cost.kvReadBytes(),
        cost.kvWrittenBytes(),
        Math.round(load.rows() * cost.activationBytes()));
  }

  /** Whether what an operation does is done for the tokens of all groups. */
  static boolean isOfAllGroups(Operation operation) {
    return switch (operation) {
      case ExpertLinear _ -> true;
      case Activate activate -> activate.rowsPerToken() > 1;
      default -> false;
    };
  }

  private double exchangeSeconds(StepCosts costs, Link present) {
    if (layout.attentionGroups() == 1) {
      return 0;
    }
    Map<MixtureOfExperts, ExpertLinear> distinct = new LinkedHashMap<>();
    intoExperts(costs.operations()).forEach(into -> distinct.putIfAbsent(into.experts(), into));
    long tokens = costs.step().totalNewTokens();
    return distinct.values().stream()
        .mapToDouble(
            into ->
                layersOf(into.experts())
                    * exchange(into, present)
                        .seconds(exchangedRows(into, tokens), shard.hiddenSize()))
        .sum();
  }

  private long layersOf(MixtureOfExperts experts) {
    return shard.decoder().orElseThrow().layers().stream()
        .filter(layer -> layer.feedForward().equals(experts))
        .count();
  }

  private static Stream<ExpertLinear> intoExperts(List<OperationCost> operations) {
    return operations.stream()
        .map(OperationCost::operation)
        .filter(ExpertLinear.class::isInstance)
        .map(ExpertLinear.class::cast)
        .filter(ExpertLinear::isInput);
  }

  /** A group's devices send equal parts of its tokens, which the sum gathers again. */
  private long exchangedRows(ExpertLinear into, long tokens) {
    return Math.multiplyExact(
        Math.ceilDiv(tokens, (long) layout.tensorParallel()), into.experts().numExpertsPerToken());
  }

  /** How the experts' part comes about; empty where they are not shared out. */
  List<Derivation> expertDerivations(StepCosts costs, long allTokens) {
    if (layout.expertParallel() == 1) {
      return List.of();
    }
    ExpertLinear into = intoExperts(costs.operations()).findFirst().orElseThrow();
    Derivation load = ExpertLoad.derivation(into.experts(), allTokens, layout.expertParallel());
    return layout.attentionGroups() == 1
        ? List.of(load)
        : List.of(
            load,
            exchange(into, link.orElseThrow())
                .derivation(
                    exchangedRows(into, costs.step().totalNewTokens()), shard.hiddenSize()));
  }

  private ExpertExchange exchange(ExpertLinear into, Link present) {
    boolean isNarrow = dtype(into) == ComputeDtype.FP8 || dtype(into) == ComputeDtype.FP4;
    return new ExpertExchange(
        layout.expertParallel(),
        isNarrow ? ExpertExchange.SCALED_FP8 : options.activations(),
        options.activations(),
        present);
  }

  private ComputeDtype dtype(Operation operation) {
    return operation.weights().stream()
        .filter(WeightTensor::isMatrix)
        .findFirst()
        .map(tensor -> dtypes.apply(options.weights().of(tensor, operation.layer())))
        .orElse(device.usualDtype());
  }

  /** What does not depend on the context when tokens are decoded one by one. */
  static List<OperationCost> withoutAttention(List<OperationCost> operations) {
    return operations.stream().filter(operation -> !isAttention(operation)).toList();
  }

  private static boolean isAttention(OperationCost cost) {
    return switch (cost.operation()) {
      case Attend _, AttendExpandedLatents _, AttendLatents _ -> true;
      default -> false;
    };
  }
}
