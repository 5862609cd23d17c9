package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.math.BigInteger;
import java.util.Collections;

/**
 * Decoding many tokens one by one: the exact sum over all steps, without adding them up. FLOPs,
 * activations and what is written are linear in tokens, but for attention, whose attended positions
 * over n steps are those of n tokens fed at once. Weights are read in each step. Of the cache, each
 * step reads what its token sees, so that the reads of all steps are the attended positions too.
 *
 * @param steps decode steps
 * @param flops all FLOPs
 * @param matmulFlops those of matrix products
 * @param weightBytes weights read
 * @param kvReadBytes cached keys and values read
 * @param kvWrittenBytes keys and values written
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
    if (options.latentForm() == LatentForm.EXPANDED_EACH_STEP) {
      throw new IllegalArgumentException("latentForm must not be " + options.latentForm());
    }
    Step.Sequence all = new Step.Sequence(newTokens, context, newTokens);
    Cost atOnce =
        OperationList.total(
            OperationList.decode(
                architecture, options, new Step(Collections.nCopies(batch, all)), sourceTokens));
    Cost first =
        OperationList.total(
            OperationList.decode(architecture, options, Step.decode(batch, context), sourceTokens));
    BigInteger kvRead =
        kvReadBytes(architecture, options, context, newTokens)
            .add(
                BigInteger.valueOf(newTokens)
                    .multiply(
                        BigInteger.valueOf(
                            options.kvCache().crossAttentionBytes(architecture, sourceTokens))))
            .multiply(BigInteger.valueOf(batch));
    return new GenerationCost(
        newTokens,
        BigInteger.valueOf(atOnce.flops()),
        BigInteger.valueOf(atOnce.matmulFlops()),
        BigInteger.valueOf(first.weightBytes()).multiply(BigInteger.valueOf(newTokens)),
        kvRead,
        BigInteger.valueOf(atOnce.kvWrittenBytes()),
        BigInteger.valueOf(atOnce.activationBytes()));
  }

  /** All bytes moved. */
  public BigInteger bytes() {
    return weightBytes.add(kvReadBytes).add(kvWrittenBytes).add(activationBytes);
  }

  private static BigInteger kvReadBytes(
      Architecture architecture, ForwardOptions options, int context, int newTokens) {
    BigInteger bytes = BigInteger.ZERO;
    for (Layer layer : architecture.decoder().orElseThrow().layers()) {
      long perPosition = options.kvCache().bytesPerPosition(layer.attention());
      long attended = layer.attention().span().attended(newTokens, context);
      bytes = bytes.add(BigInteger.valueOf(attended).multiply(BigInteger.valueOf(perPosition)));
    }
    return bytes;
  }
}
