package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;
import static java.lang.Math.addExact;
import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The activation bytes of one layer of a GPT block in 16 bits, by the closed formulas of
 * Korthikanti et al. 2022, arXiv:2205.05198, table 2. The factor 34 holds the two bytes per element
 * already.
 *
 * @param sequenceLength s
 * @param microBatch b
 * @param hiddenSize h
 * @param numAttentionHeads a
 * @param tensorParallel t
 * @param sequenceParallel whether the parts around the matrices are shared too
 */
public record MegatronFormula(
    long sequenceLength,
    long microBatch,
    long hiddenSize,
    long numAttentionHeads,
    int tensorParallel,
    boolean sequenceParallel) {

  public MegatronFormula {
    requirePositive("activations", "sequenceLength", sequenceLength);
    requirePositive("activations", "microBatch", microBatch);
    requirePositive("activations", "hiddenSize", hiddenSize);
    requirePositive("activations", "numAttentionHeads", numAttentionHeads);
    requirePositive("activations", "tensorParallel", tensorParallel);
    require(
        numAttentionHeads % tensorParallel == 0,
        "activations",
        "tensorParallel",
        tensorParallel,
        "must divide the attention heads, which are " + numAttentionHeads);
  }

  /** One device. */
  public static MegatronFormula of(
      long sequenceLength, long microBatch, long hiddenSize, long numAttentionHeads) {
    return new MegatronFormula(sequenceLength, microBatch, hiddenSize, numAttentionHeads, 1, false);
  }

  /**
   * Bytes of one layer: sbh(10 + 24/t + 5as/(ht)), or sbh/t (34 + 5as/h) with sequence parallelism
   * (equations 2 and 4); selective checkpointing drops the last term (section 5); full keeps 2sbh,
   * the layer's input.
   */
  public long bytesPerLayer(Checkpointing checkpointing) {
    return switch (checkpointing) {
      case NONE -> addExact(linearBytes(), scoreBytes());
      case SELECTIVE -> linearBytes();
      case FULL -> perSequenceShare(multiplyExact(2, rows()));
    };
  }

  /** The bytes of {@code layers} layers with their terms. */
  public Derivation derivation(Checkpointing checkpointing, int layers) {
    String share = sequenceParallel ? "L s b h / t (34" : "L s b h (10 + 24/t";
    String formula =
        switch (checkpointing) {
          case NONE -> share + (sequenceParallel ? " + 5 a s / h)" : " + 5 a s / (h t))");
          case SELECTIVE -> share + ")";
          case FULL -> sequenceParallel ? "2 L s b h / t" : "2 L s b h";
        };
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("L", layers);
    inputs.put("s", sequenceLength);
    inputs.put("b", microBatch);
    inputs.put("h", hiddenSize);
    inputs.put("a", numAttentionHeads);
    inputs.put("t", tensorParallel);
    List<Derivation.Term> terms =
        checkpointing == Checkpointing.NONE
            ? List.of(
                new Derivation.Term("inputs of matrices, norms, masks", layers * linearBytes()),
                new Derivation.Term("scores", layers * scoreBytes()))
            : List.of();
    return new Derivation(
        "activations kept for the backward pass",
        multiplyExact(layers, bytesPerLayer(checkpointing)),
        "B",
        formula,
        inputs,
        terms,
        "Korthikanti et al. 2022, arXiv:2205.05198, table 2");
  }

  private long linearBytes() {
    long around = perSequenceShare(multiplyExact(10, rows()));
    return addExact(around, ceilDiv(multiplyExact(24, rows()), (long) tensorParallel));
  }

  private long scoreBytes() {
    long perHead = multiplyExact(multiplyExact(sequenceLength, sequenceLength), microBatch);
    long heads = numAttentionHeads / tensorParallel;
    return multiplyExact(multiplyExact(5, heads), perHead);
  }

  private long perSequenceShare(long bytes) {
    return sequenceParallel ? ceilDiv(bytes, (long) tensorParallel) : bytes;
  }

  /** s b h. */
  private long rows() {
    return multiplyExact(multiplyExact(sequenceLength, microBatch), hiddenSize);
  }
}
