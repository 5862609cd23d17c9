package dev.ridgepoint.model.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.training.Parameter;
import dev.ridgepoint.engine.training.Parameters;
import dev.ridgepoint.engine.training.TrainedVector;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a decoder that is trained, with their gradients. Those that an operation
 * multiplies at once, as of queries, keys and values, lie one below the other.
 */
public final class TrainedWeights implements WeightSource, AutoCloseable {
  private final Parameters parameters;
  private final Map<List<TensorSpec>, Parameter> groups = new LinkedHashMap<>();
  private final Map<TensorSpec, Parameter> tensors = new LinkedHashMap<>();
  private final Map<List<TensorSpec>, TrainedVector> vectors = new LinkedHashMap<>();

  /**
   * Copies all weights of a source.
   *
   * @param operations that read them
   */
  TrainedWeights(List<Operation> operations, WeightSource source) {
    List<List<TensorSpec>> all =
        operations.stream().flatMap(operation -> groups(operation).stream()).distinct().toList();
    parameters = new Parameters(all.stream().map(TrainedWeights::shape).toList());
    for (int i = 0; i < all.size(); i++) {
      Parameter group = parameters.all().get(i);
      groups.put(all.get(i), group);
      int first = 0;
      for (TensorSpec spec : all.get(i)) {
        int rows = Math.toIntExact(spec.shape().getFirst());
        tensors.put(spec, group.rows(first, rows));
        first += rows;
      }
    }
    tensors.forEach((spec, parameter) -> read(spec, parameter, source));
    groups.forEach(
        (specs, group) -> {
          if (!group.isMatrix()) {
            vectors.put(specs, new TrainedVector(group));
          }
        });
  }

  private static List<List<TensorSpec>> groups(Operation operation) {
    List<List<TensorSpec>> groups = new ArrayList<>();
    if (operation instanceof Linear linear) {
      groups.add(specs(operation, linear.matrices()));
      if (!linear.biases().isEmpty()) {
        groups.add(specs(operation, linear.biases()));
      }
    } else {
      operation.weights().forEach(weight -> groups.add(specs(operation, List.of(weight))));
    }
    return groups;
  }

  private static List<TensorSpec> specs(Operation operation, List<WeightTensor> weights) {
    return weights.stream().map(each -> TensorSpec.of(operation.layer(), each, 0)).toList();
  }

  private static int[] shape(List<TensorSpec> specs) {
    long rows = specs.stream().mapToLong(spec -> spec.shape().getFirst()).sum();
    return specs.getFirst().isMatrix()
        ? new int[] {Math.toIntExact(rows), Math.toIntExact(specs.getFirst().shape().get(1))}
        : new int[] {Math.toIntExact(rows)};
  }

  private static void read(TensorSpec spec, Parameter parameter, WeightSource source) {
    MemorySegment target = parameter.value().segment();
    if (!spec.isMatrix()) {
      float[] vector = source.vector(spec);
      MemorySegment.copy(vector, 0, target, JAVA_FLOAT, 0, vector.length);
      return;
    }
    RowSource rows = source.matrix(spec);
    float[] row = new float[parameter.value().size(1)];
    for (int i = 0; i < parameter.value().size(0); i++) {
      rows.read(i, row, 0);
      MemorySegment.copy(row, 0, target, JAVA_FLOAT, 4L * i * row.length, row.length);
    }
  }

  /** The weights of an operation that stand one below the other. */
  Parameter matrix(Operation operation, List<WeightTensor> weights) {
    return groups.get(specs(operation, weights));
  }

  /** The vectors of an operation that stand one behind the other. */
  TrainedVector vector(Operation operation, List<WeightTensor> weights) {
    return vectors.get(specs(operation, weights));
  }

  /** Copies what an update has made of the vectors to where the forward pass reads them. */
  void refreshVectors() {
    vectors.values().forEach(TrainedVector::refresh);
  }

  /** Every tensor by itself, as a checkpoint has them. */
  public Map<TensorSpec, Parameter> tensors() {
    return tensors;
  }

  /** The memory of all. */
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public RowSource matrix(TensorSpec spec) {
    return tensors.get(spec).value().rowSource();
  }

  @Override
  public float[] vector(TensorSpec spec) {
    return tensors.get(spec).value().segment().toArray(JAVA_FLOAT);
  }

  /** Frees weights and gradients. */
  @Override
  public void close() {
    parameters.close();
  }
}
