package dev.ridgepoint.estimator.training;

import static java.lang.Math.addExact;
import static java.lang.Math.max;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.Gather;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Normalize;
import dev.ridgepoint.estimator.operation.NormalizeHeads;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.training.ActivationPlaces.Place;
import dev.ridgepoint.estimator.training.TrainingMemory.Group;
import dev.ridgepoint.estimator.training.TrainingMemory.Item;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What this project's engine allocates to train a decoder in F32: all of it outside the heap, but
 * for the tiles of the operands that are multiplied and the scores of a block of queries, which are
 * heap arrays of each thread.
 */
public final class EngineTrainingMemory {
  private final ActivationPlaces places;
  private final long rows;
  private final Map<Place, Long> widths = new LinkedHashMap<>();
  private final Map<Buffer, Long> gradientWidths = new EnumMap<>(Buffer.class);
  private long panels;

  private EngineTrainingMemory(ActivationPlaces places, long rows) {
    this.places = places;
    this.rows = rows;
  }

  /**
   * The items of a decoder's training.
   *
   * @throws IllegalArgumentException of an operation that the engine has no gradients of
   */
  public static TrainingMemory of(
      Architecture architecture,
      TrainingBatch batch,
      Checkpointing checkpointing,
      Optimizer optimizer) {
    List<Operation> forward = OperationList.wholeSequences(architecture);
    EngineTrainingMemory memory =
        new EngineTrainingMemory(
            new ActivationPlaces(forward, checkpointing), batch.microBatchTokens());
    forward.forEach(memory::add);
    return new TrainingMemory(0, memory.items(architecture, optimizer));
  }

  private void add(Operation operation) {
    switch (operation) {
      case Gather gather -> output(gather, gather.to(), gather.table().columns());
      case Normalize normalize -> output(normalize, normalize.to(), normalize.width());
      case Linear linear -> {
        output(linear, linear.to(), linear.outputs());
        long deepest = max(linear.outputs(), rows);
        panels = max(panels, multiplyExact(linear.inputs(), deepest));
      }
      case NormalizeHeads heads -> {
        long width = heads.attention().queryWidth() + heads.attention().keyValueWidth();
        widths.put(places.of(heads, Buffer.QUERY_KEY_VALUE, false), width);
      }
      case Attend attend -> {
        output(attend, Buffer.ATTENDED, attend.attention().queryWidth());
        long heads = attend.attention().numAttentionHeads();
        widths.put(places.of(attend, Buffer.ATTENDED, false), heads);
      }
      case Activate activate ->
          output(activate, Buffer.ACTIVATED, activate.feedForward().intermediateSize());
      default -> {
        // In place.
      }
    }
  }

  private void output(Operation operation, Buffer buffer, long width) {
    widths.put(places.of(operation, buffer, true), width);
    if (buffer != Buffer.LOGITS) {
      gradientWidths.put(buffer, width);
    }
  }

  private List<Item> items(Architecture architecture, Optimizer optimizer) {
    List<ParameterTensor> tensors =
        architecture.weights().stream().map(TrainingStates::tensor).toList();
    long parameters = TrainingModel.elements(tensors);
    List<Item> items = new ArrayList<>();
    items.add(item(Group.WEIGHTS, "weights", parameters));
    items.add(item(Group.GRADIENTS, "gradients", parameters));
    for (ModelState state : optimizer.states(tensors)) {
      items.add(new Item(Group.OPTIMIZER, state.name(), state.bytes(), false));
    }
    Map<String, Long> byName = new LinkedHashMap<>();
    widths.forEach((place, width) -> byName.merge(name(place), width, Math::addExact));
    byName.forEach(
        (name, width) -> items.add(item(Group.ACTIVATIONS, name, multiplyExact(rows, width))));
    long gradients = 0;
    for (long width : gradientWidths.values()) {
      gradients = addExact(gradients, multiplyExact(rows, width));
    }
    items.add(item(Group.BUFFERS, "gradients of activations", gradients));
    items.add(item(Group.BUFFERS, "packed matrix", panels));
    return items;
  }

  private static Item item(Group group, String name, long elements) {
    return new Item(group, name, multiplyExact(Float.BYTES, elements), false);
  }

  private static String name(Place place) {
    if (place.isOutput()) {
      return place.buffer().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
    return place.buffer() == Buffer.ATTENDED ? "log-sum-exp" : "queries and keys before their norm";
  }
}
