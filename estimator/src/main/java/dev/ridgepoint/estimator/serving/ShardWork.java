package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.inference.GenerationCost;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.operation.StepWork;
import java.math.BigInteger;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one of the devices that share a model executes, counted, whatever device it is: a search for
 * devices counts each step once for all of them. Not safe for use by several threads.
 */
final class ShardWork {
  private final Architecture shard;
  private final ServingLayout layout;
  private final ForwardOptions prefillOptions;
  private final ForwardOptions decodeOptions;
  private final List<RepeatedOperation> prefillOperations;
  private final List<RepeatedOperation> decodeOperations;
  private final Map<Prompts, StepCosts> prompts = new HashMap<>();
  private final Map<Decoding, DecodingCosts> decodings = new HashMap<>();

  /**
   * The costs of a step.
   *
   * @param operations those of layers that cost the same are one
   * @param launches operations, each for itself
   * @param step what they are of
   */
  record StepCosts(List<OperationCost> operations, int launches, Step step) {}

  /**
   * The costs of decode steps.
   *
   * @param first step
   * @param attentionFlops of all steps together
   * @param attentionBytes of all steps together
   */
  record DecodingCosts(StepCosts first, long attentionFlops, long attentionBytes) {}

  private record Prompts(int tokens, int batch) {}

  private record Decoding(int batch, int context, int steps) {}

  /**
   * The work of one device.
   *
   * @param device the name of each of them, for what is thrown
   * @param options formats; how latents are computed follows from the phase
   * @param layout how devices share the model
   * @throws InvalidInputException if they cannot {@linkplain TensorParallelShard#mismatch share}
   *     the model
   */
  static ShardWork of(
      String device, Architecture architecture, ForwardOptions options, ServingLayout layout) {
    TensorParallelShard.mismatch(architecture, layout)
        .ifPresent(
            reason -> {
              throw new InvalidInputException(device, reason);
            });
    return new ShardWork(TensorParallelShard.of(architecture, layout), options, layout);
  }

  private ShardWork(Architecture shard, ForwardOptions options, ServingLayout layout) {
    this.shard = shard;
    this.layout = layout;
    prefillOptions = options.withLatentForm(LatentForm.EXPANDED_EACH_STEP);
    decodeOptions = options.withLatentForm(LatentForm.ABSORBED);
    prefillOperations = RepeatedOperation.decoder(shard, prefillOptions);
    decodeOperations = RepeatedOperation.decoder(shard, decodeOptions);
  }

  /** What one device has of the model. */
  Architecture shard() {
    return shard;
  }

  /** How devices share it. */
  ServingLayout layout() {
    return layout;
  }

  ForwardOptions prefillOptions() {
    return prefillOptions;
  }

  ForwardOptions decodeOptions() {
    return decodeOptions;
  }

  /** A step of prompts alone. */
  StepCosts prefill(Step step) {
    return costs(prefillOperations, prefillOptions, step);
  }

  /** The prefill of {@code batch} prompts of {@code tokens} together. */
  StepCosts prefill(int tokens, int batch) {
    return prompts.computeIfAbsent(
        new Prompts(tokens, batch),
        _ -> prefill(new Step(Collections.nCopies(batch, new Step.Sequence(tokens, 0, 1)))));
  }

  /** A step in which sequences decode. */
  StepCosts decode(Step step) {
    return costs(decodeOperations, decodeOptions, step);
  }

  /**
   * {@code steps} decode steps of {@code batch} sequences, which have {@code context} tokens before
   * the first.
   */
  DecodingCosts decode(int batch, int context, int steps) {
    return decodings.computeIfAbsent(
        new Decoding(batch, context, steps), _ -> count(batch, context, steps));
  }

  private DecodingCosts count(int batch, int context, int steps) {
    StepCosts first = decode(Step.decode(batch, context));
    Cost one = OperationList.total(ServingTime.withoutAttention(first.operations));
    GenerationCost all =
        GenerationCost.of(shard, decodeOperations, decodeOptions, batch, context, steps, 0);
    return new DecodingCosts(
        first,
        withoutSteps(all.flops(), steps, one.flops()),
        withoutSteps(all.bytes(), steps, one.bytes()));
  }

  private static long withoutSteps(BigInteger all, int steps, long each) {
    return all.subtract(BigInteger.valueOf(steps).multiply(BigInteger.valueOf(each)))
        .longValueExact();
  }

  private static StepCosts costs(
      List<RepeatedOperation> operations, ForwardOptions options, Step step) {
    StepWork work = new StepWork(step, options, 0);
    return new StepCosts(
        RepeatedOperation.costs(operations, work),
        RepeatedOperation.executed(operations, work),
        step);
  }
}
