package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A model before and after it is made smaller: stored in fewer bits ({@link
 * ForwardOptions#weights()}, by role and layer), pruned ({@link
 * dev.ridgepoint.estimator.format.Precision#pruned}, {@link
 * dev.ridgepoint.estimator.format.Precision#sparse}), with a smaller KV cache or activations, or
 * distilled to another architecture. Times are those of the roofline alone: what the change can
 * gain at most.
 *
 * @param before as it was
 * @param after as it becomes
 */
public record Compression(Variant before, Variant after) {

  /**
   * A model as it is stored and run.
   *
   * @param name for messages
   * @param architecture a decoder
   * @param options formats
   * @param roofline the device; another peak than before where it multiplies the smaller format, or
   *     2 of 4 sparse matrices, faster
   */
  public record Variant(
      String name, Architecture architecture, ForwardOptions options, Roofline roofline) {
    public Variant {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(architecture, "architecture");
      Objects.requireNonNull(options, "options");
      Objects.requireNonNull(roofline, "roofline");
    }

    /** Bytes of all weights. */
    public long weightBytes() {
      return options.weights().storedBytes(architecture);
    }

    /** Bytes of one cached position. */
    public long kvCacheBytesPerToken() {
      return options.kvCache().bytesPerToken(architecture);
    }

    private Cost cost(Step step) {
      return RepeatedOperation.total(architecture, options, step);
    }
  }

  /**
   * What the change does to one phase.
   *
   * @param phase such as {@code decode}
   * @param before its cost before
   * @param after its cost after
   * @param rooflineBefore the device before
   * @param rooflineAfter the device after
   */
  public record Effect(
      String phase, Cost before, Cost after, Roofline rooflineBefore, Roofline rooflineAfter) {

    /** How many times faster the phase becomes at most. */
    public double speedup() {
      return rooflineBefore.boundSeconds(before) / rooflineAfter.boundSeconds(after);
    }

    /** Why, in one line. */
    public String why() {
      return String.format(
          Locale.ROOT,
          "%s: %s bound at %.3g FLOP/B (ridge %.3g), then %s bound at %.3g (ridge %.3g);"
              + " bytes x %.3f, FLOPs x %.3f: %.2f times the speed%s",
          phase,
          bound(before, rooflineBefore),
          before.arithmeticIntensity(),
          rooflineBefore.ridgePoint(),
          bound(after, rooflineAfter),
          after.arithmeticIntensity(),
          rooflineAfter.ridgePoint(),
          (double) after.bytes() / before.bytes(),
          (double) after.flops() / before.flops(),
          speedup(),
          remark());
    }

    /**
     * How {@link #speedup} comes about.
     *
     * @param change such as {@code weights in FP8}
     */
    public Derivation derivation(String change) {
      Map<String, Number> inputs = new LinkedHashMap<>();
      inputs.put("flopsBefore", before.flops());
      inputs.put("bytesBefore", before.bytes());
      inputs.put("peakBefore", rooflineBefore.peakFlopsPerSecond());
      inputs.put("flopsAfter", after.flops());
      inputs.put("bytesAfter", after.bytes());
      inputs.put("peakAfter", rooflineAfter.peakFlopsPerSecond());
      inputs.put("bandwidth", rooflineAfter.bytesPerSecond());
      return new Derivation(
          "%s, speedup of %s".formatted(change, phase),
          speedup(),
          "",
          "max(flopsBefore / peakBefore, bytesBefore / bandwidth) / max(flopsAfter / peakAfter,"
              + " bytesAfter / bandwidth); "
              + why(),
          inputs,
          List.of(),
          "Williams et al. 2009, doi:10.1145/1498765.1498785");
    }

    private String remark() {
      boolean savesBytes = after.bytes() < before.bytes();
      boolean isComputeBound = rooflineBefore.boundBy(before) == Roofline.Bound.COMPUTE;
      if (isComputeBound && savesBytes && after.flops() >= before.flops()) {
        return rooflineAfter.peakFlopsPerSecond() > rooflineBefore.peakFlopsPerSecond()
            ? ", because the device computes faster in this format"
            : ", because compute binds and fewer bytes do not shorten it";
      }
      if (!isComputeBound && savesBytes) {
        return ", because memory binds and fewer bytes are moved";
      }
      return "";
    }

    private static String bound(Cost cost, Roofline roofline) {
      return roofline.boundBy(cost) == Roofline.Bound.COMPUTE ? "compute" : "memory";
    }
  }

  /** The effect on prefill of one prompt. */
  public Effect prefill(int prompt) {
    return effect("prefill of " + prompt, Step.prefill(prompt));
  }

  /** The effect on one decode step. */
  public Effect decode(int batch, int context) {
    return effect(
        String.format(Locale.ROOT, "decode of %d at %d", batch, context),
        Step.decode(batch, context));
  }

  /** Bytes of the weights after, as a fraction of those before. */
  public double weightRatio() {
    return (double) after.weightBytes() / before.weightBytes();
  }

  private Effect effect(String phase, Step step) {
    return new Effect(phase, before.cost(step), after.cost(step), before.roofline, after.roofline);
  }
}
