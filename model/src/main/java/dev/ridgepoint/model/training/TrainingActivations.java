package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.training.CountingArena;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.training.ActivationPlaces;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory of activations and of their gradients. What an operation puts out has memory of its
 * own if it is kept until its gradients are computed; else it shares that of other layers.
 */
final class TrainingActivations implements AutoCloseable {
  private final ActivationPlaces places;
  private final int rows;
  private final CountingArena kept = new CountingArena();
  private final CountingArena gradients = new CountingArena();
  private final Map<ActivationPlaces.Place, Activation> memory = new HashMap<>();
  private final Map<Buffer, Activation> current = new EnumMap<>(Buffer.class);
  private final Map<Buffer, Activation> gradientOf = new EnumMap<>(Buffer.class);

  /** What a buffer held when an operation of a layer was the last to write it. */
  private final Map<OfLayer, Activation> ofLayers = new HashMap<>();

  private record OfLayer(int layer, Buffer buffer) {}

  /**
   * @param rows tokens of a micro-batch
   */
  TrainingActivations(ActivationPlaces places, int rows) {
    this.places = places;
    this.rows = rows;
  }

  /** What was written to a buffer last. */
  Activation current(Buffer buffer) {
    return current.get(buffer);
  }

  /** What a layer's operations work on in a buffer that one of them writes. */
  Activation ofLayer(Operation operation, Buffer buffer) {
    return ofLayers.get(new OfLayer(operation.layer(), buffer));
  }

  /** What an operation writes, from now on the current content of the buffer. */
  Activation output(Operation operation, Buffer buffer, long width) {
    Activation output = allocate(operation, buffer, width, true);
    current.put(buffer, output);
    ofLayers.put(new OfLayer(operation.layer(), buffer), output);
    return output;
  }

  /** What an operation keeps besides, as long as a buffer. */
  Activation kept(Operation operation, Buffer buffer, long width) {
    return allocate(operation, buffer, width, false);
  }

  private Activation allocate(Operation operation, Buffer buffer, long width, boolean isOutput) {
    return memory.computeIfAbsent(
        places.of(operation, buffer, isOutput),
        any -> kept.activation(rows, Math.toIntExact(width)));
  }

  /** The gradient of what is in a buffer; that of the logits takes their place. */
  Activation gradient(Buffer buffer, long width) {
    return buffer == Buffer.LOGITS
        ? current.get(buffer)
        : gradientOf.computeIfAbsent(
            buffer, any -> gradients.activation(rows, Math.toIntExact(width)));
  }

  /** Bytes of activations, logits included. */
  long bytes() {
    return kept.bytes();
  }

  /** Bytes of their gradients. */
  long gradientBytes() {
    return gradients.bytes();
  }

  @Override
  public void close() {
    kept.close();
    gradients.close();
  }
}
