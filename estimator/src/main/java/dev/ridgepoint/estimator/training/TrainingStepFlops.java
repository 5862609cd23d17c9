package dev.ridgepoint.estimator.training;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The FLOPs of matrix products in one training step of any architecture, from its operation list:
 * causal masks counted, logits at every position, experts those that tokens pass. A backward pass
 * is two products for each of the forward pass. An encoder-decoder is trained on targets as long as
 * its sources.
 *
 * @param batch sequences
 * @param sequenceLength tokens of each
 * @param forwardByOperation forward matrix products, by operation
 */
public record TrainingStepFlops(
    int batch, int sequenceLength, Map<String, BigInteger> forwardByOperation) {
  /** What training computes with: nothing cached is read. Formats change no FLOP. */
  public static final ForwardOptions OPTIONS =
      ForwardOptions.of(new DataFormats(Precision.BF16, Precision.BF16), Step.prefill(1))
          .withActivations(Precision.BF16)
          .withLatentForm(LatentForm.EXPANDED_EACH_STEP);

  private static final BigInteger TRAINING_FACTOR = BigInteger.valueOf(3);

  public TrainingStepFlops {
    forwardByOperation = Collections.unmodifiableMap(new LinkedHashMap<>(forwardByOperation));
  }

  /**
   * @throws ArithmeticException if a count of an operation passes 2^63
   */
  public static TrainingStepFlops of(Architecture architecture, int batch, int sequenceLength) {
    List<OperationCost> operations = new ArrayList<>();
    if (architecture.encoder().isPresent()) {
      operations.addAll(OperationList.encode(architecture, OPTIONS, batch, sequenceLength));
    }
    if (architecture.decoder().isPresent()) {
      Step.Sequence sequence = new Step.Sequence(sequenceLength, 0, sequenceLength);
      int sourceTokens = architecture.encoder().isPresent() ? sequenceLength : 0;
      operations.addAll(
          OperationList.decode(
              architecture, OPTIONS, new Step(Collections.nCopies(batch, sequence)), sourceTokens));
    }
    Map<String, BigInteger> byOperation = new LinkedHashMap<>();
    for (OperationCost operation : operations) {
      long matmulFlops = operation.cost().matmulFlops();
      if (matmulFlops > 0) {
        byOperation.merge(operation.name(), BigInteger.valueOf(matmulFlops), BigInteger::add);
      }
    }
    return new TrainingStepFlops(batch, sequenceLength, byOperation);
  }

  /** Forward. */
  public BigInteger forward() {
    return forwardByOperation.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** Forward and backward: what MFU counts. */
  public BigInteger total() {
    return forward().multiply(TRAINING_FACTOR);
  }

  /** FLOPs of one trained token. */
  public double perToken() {
    return total().doubleValue() / ((double) batch * sequenceLength);
  }

  /** The total with its terms. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("batch", batch);
    inputs.put("sequenceLength", sequenceLength);
    inputs.put("forward", forward());
    return new Derivation(
        "FLOPs of a training step",
        total(),
        "FLOP",
        "3 forward: the forward pass, and a backward one of two products for each of it",
        inputs,
        forwardByOperation.entrySet().stream()
            .map(entry -> new Term(entry.getKey(), entry.getValue().multiply(TRAINING_FACTOR)))
            .toList(),
        "Narayanan et al. 2021, arXiv:2104.04473, appendix; operation list");
  }
}
