package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/** Reads a small table whole: the biases of distances that all layers share (T5). */
public record ReadTable(String name, WeightTensor table) implements Operation {
  @Override
  public int layer() {
    return NO_LAYER;
  }

  @Override
  public List<WeightTensor> weights() {
    return List.of(table);
  }

  @Override
  public Cost cost(StepWork work) {
    return work.counter().weights(weights()).cost();
  }
}
