package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.cluster.Collective;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.TimeModel;
import java.util.List;
import java.util.Optional;

/**
 * How long a step takes on t tensor-parallel devices, which have a shard of the model each.
 *
 * <p>Operations follow each other, each under the roofline that software reaches (see {@link
 * Efficiency}): max(FLOPs / (peak MFU), bytes / (bandwidth MBU)) of the share of one device. The
 * batch raises the intensity of the matrix products, which share their weights, and not that of
 * attention, which reads every sequence's own cache; that is why a step is no single roofline.
 * Between them, the devices sum the rows of the residual stream twice per layer and once behind the
 * embedding, and gather the logits, and nothing hides behind that. Sources: Pope et al. 2022,
 * "Efficiently Scaling Transformer Inference", arXiv:2211.05102, sections 2 and 3; Chen 2022,
 * "Transformer Inference Arithmetic", kipp.ly; Shoeybi et al. 2019, arXiv:1909.08053, section 3.
 *
 * @param shard what one device has, whose operations are predicted
 * @param activations what the devices send each other
 * @param roofline that one device reaches
 * @param devices tensor-parallel devices, t
 * @param link between the devices; empty if there is one alone
 */
record ServingTime(
    Architecture shard, Precision activations, Roofline roofline, int devices, Optional<Link> link)
    implements TimeModel {
  private static final int SUMS_PER_LAYER = 2;

  /**
   * Where the time of a step goes, in seconds.
   *
   * @param matrices all operations but attention, each under its roof
   * @param attention of all sequences together
   * @param communication between the devices
   */
  record Terms(double matrices, double attention, double communication) {
    double total() {
      return matrices + attention + communication;
    }

    List<Term> derivationTerms() {
      return List.of(
          new Term("matrix products and all else", matrices),
          new Term("attention", attention),
          new Term("communication", communication));
    }
  }

  @Override
  public PredictedTime predict(List<OperationCost> operations, Step step) {
    return PredictedTime.of(
        terms(operations, step).total(), roofline.boundBy(OperationList.total(operations)));
  }

  /** The terms of a step. */
  Terms terms(List<OperationCost> operations, Step step) {
    List<OperationCost> attention = operations.stream().filter(ServingTime::isAttention).toList();
    return new Terms(
        withoutAttention(operations).stream()
            .mapToDouble(operation -> roofline.boundSeconds(operation.cost()))
            .sum(),
        roofline.boundSeconds(OperationList.total(attention)),
        link.map(present -> communicationSeconds(step, present)).orElse(0.0));
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

  private double communicationSeconds(Step step, Link link) {
    long rowBytes = activations.rowBytes(shard.hiddenSize());
    long vocabulary = Math.multiplyExact((long) shard.embedding().vocabSize(), (long) devices);
    long logitBytes = activations.rowBytes(vocabulary);
    int layers = shard.decoder().orElseThrow().layers().size();
    long streamBytes = Math.multiplyExact(step.totalNewTokens(), rowBytes);
    return (SUMS_PER_LAYER * layers + 1) * Collective.ALL_REDUCE.seconds(devices, streamBytes, link)
        + Collective.ALL_GATHER.seconds(
            devices, Math.multiplyExact(step.totalLogits(), logitBytes), link);
  }
}
