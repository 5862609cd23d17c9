package dev.ridgepoint.engine.optimizers;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.training.CountingArena;
import dev.ridgepoint.engine.training.Parameter;
import java.util.ArrayList;
import java.util.List;

/** An optimizer that treats every element alike, with as many states as the parameters have. */
abstract class ElementwiseOptimizer implements Optimizer {
  /** Elements that a thread updates at once. */
  private static final int CHUNK = 1 << 14;

  private final Workers workers;
  private final List<Parameter> parameters;
  private final double weightDecay;
  private final CountingArena arena = new CountingArena();
  private final List<State> states = new ArrayList<>();
  private final int statesPerElement;
  private long updates;

  ElementwiseOptimizer(
      Workers workers, List<Parameter> parameters, double weightDecay, List<String> stateNames) {
    this.workers = workers;
    this.parameters = List.copyOf(parameters);
    this.weightDecay = weightDecay;
    statesPerElement = stateNames.size();
    for (int i = 0; i < parameters.size(); i++) {
      for (String name : stateNames) {
        Tensor tensor = Tensor.allocate(arena, DType.F32, parameters.get(i).value().shape());
        states.add(new State(name, i, tensor));
      }
    }
  }

  /** FLOPs of an element's update. */
  abstract int flopsPerElement();

  /** Updates some elements of a parameter, whose states are {@code states} from {@code first}. */
  abstract void update(
      Parameter parameter,
      int firstState,
      long offset,
      int count,
      double learningRate,
      float gradientScale,
      float decay);

  @Override
  public void update(double learningRate, float gradientScale, Meter meter) {
    updates++;
    long elements = 0;
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      long size = parameter.elements();
      float decay = parameter.isMatrix() ? (float) (1 - learningRate * weightDecay) : 1f;
      int first = i * statesPerElement;
      workers.run(
          Math.toIntExact(Math.ceilDiv(size, CHUNK)),
          1,
          (worker, from, to) -> {
            for (int chunk = from; chunk < to; chunk++) {
              long start = (long) chunk * CHUNK;
              int count = (int) Math.min(CHUNK, size - start);
              update(parameter, first, 4 * start, count, learningRate, gradientScale, decay);
            }
          });
      elements += size;
    }
    // The parameter and its states are read and written, its gradient is read.
    meter.end(flopsPerElement() * elements, 0, (12 + 8L * statesPerElement) * elements, 0, 0, 0);
  }

  @Override
  public long updates() {
    return updates;
  }

  @Override
  public void resume(long updates) {
    this.updates = updates;
  }

  @Override
  public List<State> states() {
    return states;
  }

  @Override
  public long stateBytes() {
    return arena.bytes();
  }

  @Override
  public void close() {
    arena.close();
  }
}
