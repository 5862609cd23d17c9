package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.operation.StepWork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * Where a whole step's arithmetic intensity reaches a device's ridge, to the sequence and token.
 *
 * <p>With F FLOPs and A bytes per sequence and W bytes of weights per step, B sequences have
 * intensity BF / (W + BA). It grows with B, towards F / A: with much context, or multi-head
 * attention, that may lie below the ridge, and then no batch reaches it. Of a mixture of experts W
 * grows with B too, but slower than B.
 */
public final class RidgeCrossing {
  /** Batches and prompts beyond this are not tried. */
  public static final int MAX_TRIED = 1 << 20;

  private final Function<Step, Cost> costs;
  private final Roofline roofline;

  /**
   * @param architecture a decoder
   */
  public RidgeCrossing(Architecture architecture, ForwardOptions options, Roofline roofline) {
    this(costs(architecture, options), roofline);
  }

  /**
   * @param costs of a whole step of a decoder
   */
  public RidgeCrossing(Function<Step, Cost> costs, Roofline roofline) {
    this.costs = costs;
    this.roofline = roofline;
  }

  /**
   * The smallest batch that makes decoding at {@code context} compute-bound; empty if none up to
   * {@code atMost}, or {@link #MAX_TRIED}, does.
   */
  public OptionalInt smallestDecodeBatch(int context, int atMost) {
    return smallest(batch -> isComputeBound(Step.decode(batch, context)), atMost);
  }

  /**
   * The shortest prompt whose prefill is compute-bound, for one sequence; empty if none up to
   * {@code atMost}, or {@link #MAX_TRIED}, is.
   */
  public OptionalInt shortestPrompt(int atMost) {
    return smallest(prompt -> isComputeBound(Step.prefill(prompt)), atMost);
  }

  /** How {@link #smallestDecodeBatch} came to {@code batch}. */
  public Derivation decodeDerivation(int batch, int context) {
    return derivation(
        "smallest compute-bound batch", "sequences", batch, Step.decode(batch, context));
  }

  /** How {@link #shortestPrompt} came to {@code prompt}. */
  public Derivation promptDerivation(int prompt) {
    return derivation("shortest compute-bound prompt", "tokens", prompt, Step.prefill(prompt));
  }

  private Derivation derivation(String quantity, String unit, int value, Step step) {
    Cost total = costs.apply(step);
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("flops", total.flops());
    inputs.put("bytes", total.bytes());
    inputs.put("intensity", total.arithmeticIntensity());
    inputs.put("ridgePoint", roofline.ridgePoint());
    return new Derivation(
        quantity,
        value,
        unit,
        "the smallest for which intensity = flops / bytes >= ridgePoint",
        inputs,
        List.of(),
        "Williams et al. 2009, doi:10.1145/1498765.1498785");
  }

  /** Of steps that all execute the same operations, which are listed once. */
  private static Function<Step, Cost> costs(Architecture architecture, ForwardOptions options) {
    List<RepeatedOperation> operations = RepeatedOperation.decoder(architecture, options);
    return step -> RepeatedOperation.total(operations, new StepWork(step, options, 0));
  }

  private boolean isComputeBound(Step step) {
    return roofline.boundBy(costs.apply(step)) == Roofline.Bound.COMPUTE;
  }

  /** The first of 1..atMost that satisfies a predicate which all larger ones satisfy too. */
  private static OptionalInt smallest(IntPredicate predicate, int atMost) {
    int last = Math.min(atMost, MAX_TRIED);
    int low = 1;
    int high = 1;
    while (!predicate.test(high)) {
      if (high == last) {
        return OptionalInt.empty();
      }
      low = high + 1;
      high = Math.min(2 * high, last);
    }
    while (low < high) {
      int middle = low + (high - low) / 2;
      if (predicate.test(middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return OptionalInt.of(low);
  }
}
