package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;
import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The FLOPs of matrix products in training, for one sequence; a multiply-add is two. A backward
 * pass is two products for each of the forward pass: by the input and by the weight.
 *
 * <p>With h hiddenSize, L layers, W elements of one layer's matrices, a heads of d elements, P
 * attended positions summed over the s tokens of the sequence, V vocabulary: forward L (2 s W + 4 a
 * d P) + 2 s h V. Source: Narayanan et al. 2021, arXiv:2104.04473, appendix, whose 24 s h^2 is 2 W
 * s for W = 12 h^2 and whose P = s^2 ignores the causal mask.
 *
 * @param layers L
 * @param layerMatrixFlops forward products of one layer with its weights
 * @param layerAttentionFlops forward products of scores and values of one layer
 * @param headFlops forward products of the output head
 */
public record TrainingFlops(
    int layers, long layerMatrixFlops, long layerAttentionFlops, long headFlops) {
  /** A backward pass is two products for each of the forward pass. */
  private static final BigInteger TRAINING_FACTOR = BigInteger.valueOf(3);

  /** Which positions a token attends. */
  public enum Mask {
    /** Itself and those before it: P = s (s + 1) / 2. What a kernel must compute. */
    CAUSAL,
    /** All of the sequence: P = s^2. What papers count, also for causal models. */
    FULL
  }

  /**
   * The FLOPs of one sequence.
   *
   * @throws InvalidInputException if it is so long that one layer passes 2^63
   */
  public static TrainingFlops perSequence(TrainingModel model, int sequenceLength, Mask mask) {
    requirePositive("batch", "sequenceLength", sequenceLength);
    try {
      return exactPerSequence(model, sequenceLength, mask);
    } catch (ArithmeticException tooMany) {
      throw new InvalidInputException(
          "batch",
          "sequenceLength makes more than 2^63 FLOPs in one layer, it is " + sequenceLength,
          tooMany);
    }
  }

  private static TrainingFlops exactPerSequence(TrainingModel model, long tokens, Mask mask) {
    long attended =
        switch (mask) {
          case CAUSAL -> multiplyExact(tokens, tokens + 1) / 2;
          case FULL -> multiplyExact(tokens, tokens);
        };
    long queryWidth = (long) model.numAttentionHeads() * model.headDim();
    long embedding = multiplyExact((long) model.hiddenSize(), (long) model.vocabSize());
    return new TrainingFlops(
        model.numHiddenLayers(),
        multiplyExact(2 * tokens, model.layerMatrixElements()),
        multiplyExact(4 * queryWidth, attended),
        multiplyExact(2 * tokens, embedding));
  }

  /** Forward of the whole model. */
  public BigInteger forwardFlops() {
    return ofAllLayers(layerForwardFlops()).add(BigInteger.valueOf(headFlops));
  }

  /** Forward of one layer. */
  public long layerForwardFlops() {
    return addExact(layerMatrixFlops, layerAttentionFlops);
  }

  /** Forward and backward: what MFU counts. */
  public BigInteger modelFlops() {
    return forwardFlops().multiply(TRAINING_FACTOR);
  }

  /**
   * What is computed a second time, in one layer: its whole forward pass under full checkpointing
   * (a third more), its scores and values under selective (Korthikanti et al. 2022, section 5). A
   * flash backward pass forms the scores again from queries and keys, which is half of the forward
   * attention (Dao et al. 2022, arXiv:2205.14135, algorithm 4), and leaves selective checkpointing
   * nothing to do.
   */
  public long layerRecomputedFlops(Checkpointing checkpointing, boolean flashAttention) {
    long flash = flashAttention ? layerAttentionFlops / 2 : 0;
    return switch (checkpointing) {
      case NONE -> flash;
      case SELECTIVE -> flashAttention ? flash : layerAttentionFlops;
      case FULL -> addExact(layerForwardFlops(), flash);
    };
  }

  /** Forward, backward and what is computed again: what HFU counts. */
  public BigInteger hardwareFlops(Checkpointing checkpointing, boolean flashAttention) {
    return modelFlops().add(ofAllLayers(layerRecomputedFlops(checkpointing, flashAttention)));
  }

  private BigInteger ofAllLayers(long flopsOfOne) {
    return BigInteger.valueOf(layers).multiply(BigInteger.valueOf(flopsOfOne));
  }

  /** The model FLOPs with their terms. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("layers", layers);
    inputs.put("layerMatrixFlops", layerMatrixFlops);
    inputs.put("layerAttentionFlops", layerAttentionFlops);
    inputs.put("headFlops", headFlops);
    return new Derivation(
        "training FLOPs of one sequence",
        modelFlops(),
        "FLOP",
        "3 (layers (layerMatrixFlops + layerAttentionFlops) + headFlops)",
        inputs,
        List.of(
            new Derivation.Term(
                "matrices of the layers", ofAllLayers(layerMatrixFlops).multiply(TRAINING_FACTOR)),
            new Derivation.Term(
                "scores and values", ofAllLayers(layerAttentionFlops).multiply(TRAINING_FACTOR)),
            new Derivation.Term(
                "output head", BigInteger.valueOf(headFlops).multiply(TRAINING_FACTOR))),
        "Narayanan et al. 2021, arXiv:2104.04473, appendix");
  }
}
