package dev.ridgepoint.estimator.training;

import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

/**
 * A tensor that the forward pass of one micro-batch keeps for the backward pass.
 *
 * @param name what it is
 * @param units indivisible pieces: heads or columns of a tensor that tensor parallelism cuts,
 *     positions of one that only sequence parallelism cuts
 * @param bytesPerUnit of each
 * @param region which of the two cuts it
 * @param isCoreAttention whether selective checkpointing drops it
 */
public record SavedActivation(
    String name, long units, long bytesPerUnit, Region region, boolean isCoreAttention) {

  /** Where in the layer it lies. */
  public enum Region {
    /** Between two matrices that share their work: cut by tensor parallelism. */
    INSIDE,
    /** Around them: whole on every rank, unless sequence parallelism cuts it by position. */
    AROUND
  }

  /** Bytes on the fullest rank. */
  public long bytes(ParallelLayout layout) {
    boolean isCut = region == Region.INSIDE || layout.sequenceParallel();
    long held = isCut ? ceilDiv(units, (long) layout.tensorParallel()) : units;
    return multiplyExact(held, bytesPerUnit);
  }
}
