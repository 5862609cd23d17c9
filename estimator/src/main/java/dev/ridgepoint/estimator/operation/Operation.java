package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * One operation of a forward pass: where it stands, which weights it reads, from which activations
 * to which it leads, and what that costs in a step. An operation reads each input once and writes
 * each output once.
 *
 * <p>{@link LayerOperations} writes the list of them. The estimator sums its costs; the engine
 * binds each entry to tensors and runs it. Code decides by an operation's kind, never by its name.
 */
public sealed interface Operation
    permits AbsorbLatents,
        Activate,
        AlternateStreams,
        AppendKeyValues,
        Attend,
        AttendExpandedLatents,
        AttendLatents,
        ChoosePositions,
        Clip,
        Convolve,
        ExpandLatents,
        ExpertLinear,
        Gate,
        Gather,
        JoinPerLayer,
        Linear,
        Normalize,
        NormalizeHeads,
        Pool,
        ReadTable,
        Rotate,
        Route,
        ScaleBySharedGate,
        ScaleRows,
        ScanDeltaRule,
        ScanLinearAttention,
        ScanStateSpace,
        SoftCap {

  /** Stands for a place outside the layers. */
  int NO_LAYER = PlacedWeight.NO_LAYER;

  /** Its name, for people: such as {@code qkv_proj}. */
  String name();

  /** The layer, from 0, or {@link #NO_LAYER}. */
  int layer();

  /** What the rows of its activations stand for. */
  default Rows rows() {
    return Rows.TOKENS;
  }

  /** The weights that it reads. */
  default List<WeightTensor> weights() {
    return List.of();
  }

  /**
   * The kernel of the engine that runs it.
   *
   * @throws IllegalArgumentException if the engine has none
   */
  default Kernel kernel() {
    throw new IllegalArgumentException("no kernel runs " + name());
  }

  /**
   * What it costs.
   *
   * @throws ArithmeticException if a count passes 2^63
   */
  Cost cost(StepWork work);

  /**
   * What its gradients cost in training: those of its inputs, which are written or added to the
   * stream that they came from, and those of its weights, which are added to what is there. Weights
   * and their gradients count as weight bytes.
   *
   * @throws IllegalArgumentException if they are not known
   * @throws ArithmeticException if a count passes 2^63
   */
  default Cost backwardCost(StepWork work) {
    throw new IllegalArgumentException("the gradients of " + name() + " are not known");
  }
}
