package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Prompts and what follows them. A decoder's prefill yields the first token; each further one is a
 * decode step. With an encoder, the prompt is encoded, and every token is a decode step from an
 * empty cache.
 *
 * @param batch sequences
 * @param prompt tokens of each before the generation
 * @param output tokens of each that are generated
 * @param prefill one prompt
 * @param decode all decode steps; empty if the prefill yields the only token
 */
public record Generation(
    int batch, int prompt, int output, Cost prefill, Optional<GenerationCost> decode) {

  /**
   * @param options as for decoding
   * @param prefill the cost of one prompt
   * @throws ArithmeticException if a count of one step, or the FLOPs of all, pass 2^63
   */
  public static Generation of(
      Architecture architecture,
      ForwardOptions options,
      Cost prefill,
      int batch,
      int prompt,
      int output) {
    boolean hasEncoder = architecture.encoder().isPresent();
    int steps = hasEncoder ? output : output - 1;
    Optional<GenerationCost> decode =
        steps == 0
            ? Optional.empty()
            : Optional.of(
                GenerationCost.of(
                    architecture,
                    options,
                    batch,
                    hasEncoder ? 0 : prompt,
                    steps,
                    hasEncoder ? prompt : 0));
    return new Generation(batch, prompt, output, prefill, decode);
  }

  /** FLOPs of all prompts and steps. */
  public BigInteger flops() {
    return promptFlops().add(decodeFlops());
  }

  /** Bytes moved by the decode steps; prompts can be read together or one by one. */
  public BigInteger decodeBytes() {
    return decode.map(GenerationCost::bytes).orElse(BigInteger.ZERO);
  }

  private BigInteger promptFlops() {
    return BigInteger.valueOf(batch).multiply(BigInteger.valueOf(prefill.flops()));
  }

  private BigInteger decodeFlops() {
    return decode.map(GenerationCost::flops).orElse(BigInteger.ZERO);
  }

  /** The FLOPs with their terms. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("batch", batch);
    inputs.put("prompt", prompt);
    inputs.put("output", output);
    inputs.put("decodeSteps", decode.map(GenerationCost::steps).orElse(0));
    return new Derivation(
        "generation FLOPs",
        flops(),
        "FLOP",
        "batch x prefill + sum over decode steps, whose attended positions grow by one per step"
            + " until a window is full",
        inputs,
        List.of(new Term("prompts", promptFlops()), new Term("decode steps", decodeFlops())),
        "operation list of each step; the prefill yields the first token");
  }
}
