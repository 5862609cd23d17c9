package dev.ridgepoint.estimator.training;

import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the engine's training keeps what the operations of a forward pass put out: what is needed
 * until its gradients are computed has memory of its own, the rest shares that of other layers.
 */
public final class ActivationPlaces {
  private final Checkpointing checkpointing;
  private final Map<Operation, Integer> indexInLayer = new HashMap<>();
  private final Map<Operation, Boolean> endsLayer = new HashMap<>();

  /**
   * Memory that no other has.
   *
   * @param layer whose it is, or {@link #SHARED}
   * @param index of the operation in its layer, where that matters
   * @param buffer what it holds
   * @param isOutput whether that is what the operation puts out, or what it keeps besides
   */
  public record Place(int layer, int index, Buffer buffer, boolean isOutput) {}

  /** Stands for all layers. */
  private static final int SHARED = Integer.MAX_VALUE;

  /**
   * @param forward the operations of the forward pass, in their order
   */
  public ActivationPlaces(List<Operation> forward, Checkpointing checkpointing) {
    this.checkpointing = checkpointing;
    int index = 0;
    for (int i = 0; i < forward.size(); i++) {
      Operation operation = forward.get(i);
      boolean isLast = i + 1 == forward.size() || forward.get(i + 1).layer() != operation.layer();
      indexInLayer.put(operation, index);
      endsLayer.put(operation, isLast);
      index = isLast ? 0 : index + 1;
    }
  }

  /** Whether a buffer has memory of its own for every layer. */
  static boolean isKept(Checkpointing checkpointing, Buffer buffer) {
    return switch (checkpointing) {
      case NONE -> true;
      case SELECTIVE -> buffer != Buffer.NORMED && buffer != Buffer.ACTIVATED;
      case FULL -> false;
    };
  }

  /** The place of what an operation writes to a buffer, or keeps beside it. */
  public Place of(Operation operation, Buffer buffer, boolean isOutput) {
    int index = indexInLayer.get(operation);
    // What ends a layer is the next one's input, which is always kept.
    if (endsLayer.get(operation) || isKept(checkpointing, buffer)) {
      return new Place(operation.layer(), index, buffer, isOutput);
    }
    return new Place(SHARED, checkpointing == Checkpointing.FULL ? index : 0, buffer, isOutput);
  }
}
