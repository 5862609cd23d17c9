package dev.ridgepoint.estimator.training;

import static java.lang.Math.addExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.Checks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one of {@code ranks} replicas of any architecture keeps from step to step: weights,
 * gradients, master weights and the optimizer's states, of all experts. Activations, which are
 * known for some architectures only, are not in it. Source: Rajbhandari et al. 2020,
 * arXiv:1910.02054, section 3.1.
 *
 * @param states what is kept
 * @param zero what the replicas share
 * @param ranks replicas
 */
public record TrainingStates(List<ModelState> states, ZeroStage zero, int ranks) {
  public TrainingStates {
    states = List.copyOf(states);
    Checks.requirePositive("layout", "dataParallel", ranks);
  }

  /**
   * @throws ArithmeticException beyond 2^63
   */
  public static TrainingStates of(Architecture architecture, MemoryOptions options, int ranks) {
    List<ParameterTensor> tensors =
        architecture.weights().stream().map(TrainingStates::tensor).toList();
    long elements = TrainingModel.elements(tensors);
    TrainingPrecision precision = options.precision();
    List<ModelState> states = new ArrayList<>();
    states.add(
        new ModelState(ModelState.Kind.WEIGHTS, "weights", elements, precision.weightBytes()));
    states.add(
        new ModelState(
            ModelState.Kind.GRADIENTS, "gradients", elements, precision.gradientBytes()));
    if (precision.masterBytes() > 0) {
      states.add(
          new ModelState(
              ModelState.Kind.OPTIMIZER, "master weights", elements, precision.masterBytes()));
    }
    states.addAll(options.optimizer().states(tensors));
    return new TrainingStates(states, options.zero(), ranks);
  }

  /** Bytes of one state on the fullest rank. */
  public long bytes(ModelState state) {
    return zero.shares(state.kind()) ? state.shardBytes(ranks) : state.bytes();
  }

  /** Bytes of all on the fullest rank. */
  public long totalBytes() {
    long sum = 0;
    for (ModelState state : states) {
      sum = addExact(sum, bytes(state));
    }
    return sum;
  }

  /** The bytes with every state. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("parameters", states.getFirst().elements());
    inputs.put("replicas", ranks);
    return new Derivation(
        "training states of one device",
        totalBytes(),
        "B",
        "sum of elements x bytesPerElement, divided by replicas where ZeRO shares them: " + zero,
        inputs,
        states.stream().map(state -> new Derivation.Term(state.name(), bytes(state))).toList(),
        "Rajbhandari et al. 2020, arXiv:1910.02054, section 3.1");
  }

  static ParameterTensor tensor(WeightTensor weight) {
    ParameterTensor one =
        weight.isMatrix()
            ? new ParameterTensor(
                weight.name(), weight.rows(), weight.columns(), ParameterTensor.Split.NONE, 1, 1)
            : ParameterTensor.replicated(weight.name(), weight.columns());
    return one.times(weight.copies());
  }
}
