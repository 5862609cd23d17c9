package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.inference.GenerationCost;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.operation.StepWork;
import dev.ridgepoint.estimator.time.PredictedTime;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The steps of a replica: what one device of its busiest group computes, and all groups together
 * with their experts.
 */
final class ReplicaSteps {
  private final Architecture shard;
  private final ServingTime time;
  private final Phase prefill;
  private final Phase decode;

  /**
   * Operations of one form.
   *
   * @param options with the form of latents
   */
  private record Phase(List<Operation> operations, ForwardOptions options) {
    static Phase of(Architecture shard, ForwardOptions options, LatentForm form) {
      return new Phase(OperationList.decoder(shard, form), options.withLatentForm(form));
    }

    List<OperationCost> costs(Step step) {
      return OperationList.costs(operations, new StepWork(step, options, 0));
    }
  }

  ReplicaSteps(Architecture shard, ForwardOptions options, ServingTime time) {
    this.shard = shard;
    this.time = time;
    prefill = Phase.of(shard, options, LatentForm.EXPANDED_EACH_STEP);
    decode = Phase.of(shard, options, LatentForm.ABSORBED);
  }

  ForwardOptions prefillOptions() {
    return prefill.options;
  }

  ForwardOptions decodeOptions() {
    return decode.options;
  }

  /** A prefill of {@code batch} prompts. */
  ServingTime.Terms prefill(int promptTokens, int batch) {
    return terms(prefill, Collections.nCopies(batch, new Step.Sequence(promptTokens, 0, 1)));
  }

  /** A decode step of these sequences, each with the tokens that it has cached. */
  ServingTime.Terms decode(List<Integer> contexts) {
    return terms(
        decode, contexts.stream().map(context -> new Step.Sequence(1, context, 1)).toList());
  }

  /** A decode step of {@code batch} sequences of {@code context} cached tokens. */
  ServingTime.Terms decode(int batch, int context) {
    return terms(decode, Collections.nCopies(batch, new Step.Sequence(1, context, 1)));
  }

  /** The mean of {@code steps} decode steps, of {@code context} cached tokens before the first. */
  ServingTime.Terms meanDecode(int batch, int context, int steps) {
    int group = layout().ofGroup(batch);
    Cost one =
        OperationList.total(
            ServingTime.withoutAttention(decode.costs(Step.decode(group, context))));
    GenerationCost all =
        GenerationCost.of(shard, decode.operations, decode.options, group, context, steps, 0);
    BigInteger count = BigInteger.valueOf(steps);
    BigInteger flops = all.flops().subtract(count.multiply(BigInteger.valueOf(one.flops())));
    BigInteger bytes = all.bytes().subtract(count.multiply(BigInteger.valueOf(one.bytes())));
    double attention = time.attentionSeconds(flops.longValueExact(), bytes.longValueExact());
    return decode(batch, context).withAttention(attention / steps);
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
    sequences.addAll(Collections.nCopies(decoding, new Step.Sequence(1, context, 1)));
    Phase phase = decoding == 0 ? prefill : decode;
    List<OperationCost> operations = costs(phase, sequences);
    double attention = ofGroup * promptAttentionSeconds(promptTokens) / steps;
    if (decoding > 0) {
      attention += decode(decoding, context).attention();
    }
    double seconds = terms(operations, sequences).withAttention(attention).total();
    return steps * Math.max(seconds, time.hostSeconds(operations));
  }

  /** How many steps {@link #promptSeconds} are of. */
  int promptSteps(int prompts, int promptTokens, int chunkTokens) {
    return Math.toIntExact(
        Math.ceilDiv((long) layout().ofGroup(prompts) * promptTokens, (long) chunkTokens));
  }

  /** How the experts' part of a decode step comes about; empty where they are not shared out. */
  List<Derivation> expertDerivations(int batch, int context) {
    List<Step.Sequence> all = Collections.nCopies(batch, new Step.Sequence(1, context, 1));
    return time.expertDerivations(costs(decode, all), new Step(ofGroup(all)), batch);
  }

  /** What no decode step falls below; see {@link ServingTime#bound}. */
  PredictedTime decodeBound(int batch, int context) {
    return time.bound(costs(decode, Collections.nCopies(batch, new Step.Sequence(1, context, 1))));
  }

  /** What no prefill of a prompt falls below. */
  PredictedTime promptBound(int promptTokens) {
    return time.bound(prefill.costs(Step.prefill(promptTokens)));
  }

  private double promptAttentionSeconds(int promptTokens) {
    return time.attentionSeconds(prefill.costs(Step.prefill(promptTokens)));
  }

  private ServingLayout layout() {
    return time.layout();
  }

  private ServingTime.Terms terms(Phase phase, List<Step.Sequence> all) {
    return terms(costs(phase, all), all);
  }

  private ServingTime.Terms terms(List<OperationCost> operations, List<Step.Sequence> all) {
    return time.terms(operations, new Step(ofGroup(all)), new Step(all).totalNewTokens());
  }

  /** What a device computes for its group's sequences, and with its experts for all. */
  private List<OperationCost> costs(Phase phase, List<Step.Sequence> all) {
    List<OperationCost> own = phase.costs(new Step(ofGroup(all)));
    if (layout().attentionGroups() == 1) {
      return own;
    }
    List<OperationCost> whole = phase.costs(new Step(all));
    return IntStream.range(0, own.size())
        .mapToObj(
            i -> ServingTime.isOfAllGroups(own.get(i).operation()) ? whole.get(i) : own.get(i))
        .toList();
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
