package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.serving.ShardWork.DecodingCosts;
import dev.ridgepoint.estimator.serving.ShardWork.StepCosts;
import dev.ridgepoint.estimator.time.PredictedTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The steps of a replica: what one device of its busiest group computes, and all groups together
 * with their experts.
 *
 * @param work of one device
 * @param time that such work takes
 */
record ReplicaSteps(ShardWork work, ServingTime time) {

  /** What is done in a step: prompts alone, or sequences decode. */
  private enum Phase {
    PREFILL,
    DECODE
  }

  /** A prefill of {@code batch} prompts. */
  ServingTime.Terms prefill(int promptTokens, int batch) {
    return layout().attentionGroups() == 1
        ? time.terms(work.prefill(promptTokens, batch), (long) promptTokens * batch)
        : terms(Phase.PREFILL, Collections.nCopies(batch, new Step.Sequence(promptTokens, 0, 1)));
  }

  /** A decode step of these sequences, each with the tokens that it has cached. */
  ServingTime.Terms decode(List<Integer> contexts) {
    return terms(
        Phase.DECODE, contexts.stream().map(context -> new Step.Sequence(1, context, 1)).toList());
  }

  /** A decode step of {@code batch} sequences of {@code context} cached tokens. */
  ServingTime.Terms decode(int batch, int context) {
    return terms(Phase.DECODE, decoding(batch, context));
  }

  /** The mean of {@code steps} decode steps, of {@code context} cached tokens before the first. */
  ServingTime.Terms meanDecode(int batch, int context, int steps) {
    DecodingCosts costs = work.decode(layout().ofGroup(batch), context, steps);
    double attention = time.attentionSeconds(costs.attentionFlops(), costs.attentionBytes());
    ServingTime.Terms first =
        layout().attentionGroups() == 1 ? time.terms(costs.first(), batch) : decode(batch, context);
    return first.withAttention(attention / steps);
  }

  /**
   * Seconds of the steps that prefill {@code prompts} prompts together, in equal chunks of {@code
   * chunkTokens} of a group at most, while {@code decoding} sequences of {@code context} cached
   * tokens get a token in each. The host launches their operations one by one, which can take
   * longer.
   *
   * @param decoding may be 0
   */
  double promptSeconds(int prompts, int promptTokens, int chunkTokens, int decoding, int context) {
    int ofGroup = layout().ofGroup(prompts);
    int steps = promptSteps(prompts, promptTokens, chunkTokens);
    long chunk = Math.ceilDiv(Math.multiplyExact((long) ofGroup, (long) promptTokens), steps);
    Step.Sequence own = new Step.Sequence(Math.toIntExact(chunk), 0, 1);
    List<Step.Sequence> sequences = new ArrayList<>();
    sequences.addAll(Collections.nCopies(Math.ceilDiv(prompts, ofGroup), own));
    sequences.addAll(decoding(decoding, context));
    StepCosts costs = costs(decoding == 0 ? Phase.PREFILL : Phase.DECODE, sequences);
    double attention = ofGroup * promptAttentionSeconds(promptTokens) / steps;
    if (decoding > 0) {
      attention += decode(decoding, context).attention();
    }
    double seconds = terms(costs, sequences).withAttention(attention).total();
    return steps * Math.max(seconds, time.hostSeconds(costs));
  }

  /** How many steps {@link #promptSeconds} are of. */
  int promptSteps(int prompts, int promptTokens, int chunkTokens) {
    return Math.toIntExact(
        Math.ceilDiv((long) layout().ofGroup(prompts) * promptTokens, (long) chunkTokens));
  }

  /** How the experts' part of a decode step comes about; empty where they are not shared out. */
  List<Derivation> expertDerivations(int batch, int context) {
    return time.expertDerivations(costs(Phase.DECODE, decoding(batch, context)), batch);
  }

  /** What no decode step falls below; see {@link ServingTime#bound}. */
  PredictedTime decodeBound(int batch, int context) {
    return time.bound(costs(Phase.DECODE, decoding(batch, context)));
  }

  /** What no prefill of a prompt falls below. */
  PredictedTime promptBound(int promptTokens) {
    return time.bound(work.prefill(promptTokens, 1));
  }

  private double promptAttentionSeconds(int promptTokens) {
    return time.attentionSeconds(work.prefill(promptTokens, 1));
  }

  private static List<Step.Sequence> decoding(int batch, int context) {
    return Collections.nCopies(batch, new Step.Sequence(1, context, 1));
  }

  private ServingLayout layout() {
    return work.layout();
  }

  private ServingTime.Terms terms(Phase phase, List<Step.Sequence> all) {
    return terms(costs(phase, all), all);
  }

  private ServingTime.Terms terms(StepCosts costs, List<Step.Sequence> all) {
    return time.terms(costs, all.stream().mapToLong(Step.Sequence::newTokens).sum());
  }

  /** What a device computes for its group's sequences, and with its experts for all. */
  private StepCosts costs(Phase phase, List<Step.Sequence> all) {
    StepCosts own = ofStep(phase, new Step(ofGroup(all)));
    if (layout().attentionGroups() == 1) {
      return own;
    }
    StepCosts whole = ofStep(phase, new Step(all));
    List<OperationCost> operations =
        IntStream.range(0, own.operations().size())
            .mapToObj(
                i ->
                    ServingTime.isOfAllGroups(own.operations().get(i).operation())
                        ? whole.operations().get(i)
                        : own.operations().get(i))
            .toList();
    return new StepCosts(operations, own.launches(), own.step());
  }

  private StepCosts ofStep(Phase phase, Step step) {
    return switch (phase) {
      case PREFILL -> work.prefill(step);
      case DECODE -> work.decode(step);
    };
  }

  /** Dealt out one by one, so that the first group has as many as any. */
  private List<Step.Sequence> ofGroup(List<Step.Sequence> all) {
    int groups = layout().attentionGroups();
    return groups == 1
        ? all
        : IntStream.range(0, layout().ofGroup(all.size()))
            .mapToObj(i -> all.get(i * groups))
            .toList();
  }
}
