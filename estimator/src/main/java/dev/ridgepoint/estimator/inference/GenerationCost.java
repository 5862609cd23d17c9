package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.operation.StepWork;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Decoding many tokens one by one: the exact sum over all steps, without adding them up. FLOPs,
 * activations and what is cached are linear in tokens, but for attention, whose attended positions
 * over n steps are those of n tokens fed at once. Weights are read in each step. Of the cache, each
 * step reads what its token sees, so that the reads of all steps are the attended positions too.
 * States of recurrences are read and written in each step.
 *
 * @param steps decode steps
 * @param flops all FLOPs
 * @param matmulFlops those of matrix products
 * @param weightBytes weights read
 * @param kvReadBytes cached keys and values, and states, read
 * @param kvWrittenBytes keys and values, and states, written
 * @param activationBytes activations read and written
 */
public record GenerationCost(
    int steps,
    BigInteger flops,
    BigInteger matmulFlops,
    BigInteger weightBytes,
    BigInteger kvReadBytes,
    BigInteger kvWrittenBytes,
    BigInteger activationBytes) {

  /**
   * {@code newTokens} steps, each of one token for each of {@code batch} sequences, which have
   * {@code context} tokens before the first step.
   *
   * @throws IllegalArgumentException if latents would be expanded in each step: that is not how
   *     tokens are decoded one by one
   * @throws ArithmeticException if a count of one step, or the FLOPs of all, pass 2^63
   */
  public static GenerationCost of(
      Architecture architecture, ForwardOptions options, int batch, int context, int newTokens) {
    return of(architecture, options, batch, context, newTokens, 0);
  }

  /** As above, with cross-attention to {@code sourceTokens} encoded tokens of each sequence. */
  public static GenerationCost of(
      Architecture architecture,
      ForwardOptions options,
      int batch,
      int context,
      int newTokens,
      long sourceTokens) {
    return of(
        architecture,
        RepeatedOperation.decoder(architecture, options),
        options,
        batch,
        context,
        newTokens,
        sourceTokens);
  }

  /**
   * As above, of a decoder whose operations are known already.
   *
   * @param operations {@link RepeatedOperation#decoder} of the architecture and the options
   */
  public static GenerationCost of(
      Architecture architecture,
      List<RepeatedOperation> operations,
      ForwardOptions options,
      int batch,
      int context,
      int newTokens,
      long sourceTokens) {
    if (options.latentForm() == LatentForm.EXPANDED_EACH_STEP) {
      throw new IllegalArgumentException("latentForm must not be " + options.latentForm());
    }
    Step.Sequence all = new Step.Sequence(newTokens, context, newTokens);
    Step allAtOnce = new Step(Collections.nCopies(batch, all));
    Cost atOnce =
        RepeatedOperation.total(operations, new StepWork(allAtOnce, options, sourceTokens));
    Cost first =
        RepeatedOperation.total(
            operations, new StepWork(Step.decode(batch, context), options, sourceTokens));
    BigInteger states =
        BigInteger.valueOf(options.kvCache().stateBytesPerSequence(architecture))
            .multiply(BigInteger.valueOf(batch));
    // Fed at once, the tokens write the states once.
    BigInteger writtenAgain = states.multiply(BigInteger.valueOf(newTokens - 1L));
    BigInteger kvRead =
        kvReadBytes(architecture, options, context, newTokens)
            .add(
                BigInteger.valueOf(newTokens)
                    .multiply(
                        BigInteger.valueOf(
                            options.kvCache().crossAttentionBytes(architecture, sourceTokens))))
            .multiply(BigInteger.valueOf(batch))
            .add(states.multiply(BigInteger.valueOf(newTokens)));
    return new GenerationCost(
        newTokens,
        BigInteger.valueOf(atOnce.flops()),
        BigInteger.valueOf(atOnce.matmulFlops()),
        BigInteger.valueOf(first.weightBytes()).multiply(BigInteger.valueOf(newTokens)),
        kvRead,
        BigInteger.valueOf(atOnce.kvWrittenBytes()).add(writtenAgain),
        BigInteger.valueOf(atOnce.activationBytes()));
  }

  /** All bytes moved. */
  public BigInteger bytes() {
    return weightBytes.add(kvReadBytes).add(kvWrittenBytes).add(activationBytes);
  }

  private static BigInteger kvReadBytes(
      Architecture architecture, ForwardOptions options, int context, int newTokens) {
    BigInteger bytes = BigInteger.ZERO;
    Map<Layer, Integer> layers = architecture.decoder().orElseThrow().distinctLayers();
    for (Map.Entry<Layer, Integer> layer : layers.entrySet()) {
      for (Attention attention : layer.getKey().attentions()) {
        long attended = attention.span().attended(newTokens, context);
        long scored = new AttentionSpan.Causal().attended(newTokens, context);
        BigInteger each =
            product(attended, options.kvCache().bytesPerPosition(attention))
                .add(product(scored, options.kvCache().indexBytesPerPosition(attention)));
        bytes = bytes.add(each.multiply(BigInteger.valueOf(layer.getValue())));
      }
    }
    return bytes;
  }

  private static BigInteger product(long positions, long bytesPerPosition) {
    return BigInteger.valueOf(positions).multiply(BigInteger.valueOf(bytesPerPosition));
  }
}
