package dev.ridgepoint.model.compression;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Normalize;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.Route;
import dev.ridgepoint.estimator.operation.ScaleBySharedGate;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A place where channels can be scaled without a change to what the model computes: what writes
 * them divides each by a factor, and the linear layers that read them multiply by it.
 *
 * @param writers a norm's weight and bias, or the up projection and its bias: what is divided
 * @param isNorm whether a norm writes the channels
 * @param readers the linear layers that read them, and nothing else does
 */
record ChannelScaling(List<TensorSpec> writers, boolean isNorm, List<LinearLayer> readers) {

  /** All places of a model, in the order in which they run. */
  static List<ChannelScaling> of(ModelWeights weights) {
    List<Operation> operations = CheckpointLayout.of(weights.architecture()).operations();
    List<LinearLayer> linears = LinearLayer.of(operations);
    List<ChannelScaling> places = new ArrayList<>();
    for (int index = 0; index < operations.size(); index++) {
      List<TensorSpec> writers = writers(operations, index);
      List<Operation> readers = readers(operations, index);
      List<LinearLayer> layers =
          linears.stream().filter(layer -> readers.contains(layer.operation())).toList();
      if (!writers.isEmpty() && !layers.isEmpty() && layers.size() == readers.size()) {
        places.add(new ChannelScaling(writers, operations.get(index) instanceof Normalize, layers));
      }
    }
    return places;
  }

  /** What to divide where an operation writes channels that can be scaled; else none. */
  private static List<TensorSpec> writers(List<Operation> operations, int index) {
    return switch (operations.get(index)) {
      case Normalize norm when !norm.isResidual() -> specs(norm.layer(), norm.weights()).toList();
      case Activate activate
          when isProduct(activate)
              && operations.get(index - 1) instanceof Linear projections
              && projections.to() == Buffer.FEED_FORWARD ->
          specs(projections.layer(), projections.weights())
              .filter(spec -> spec.role() == TensorRole.FEED_FORWARD_UP)
              .toList();
      default -> List.of();
    };
  }

  private static Stream<TensorSpec> specs(int layer, List<WeightTensor> weights) {
    return weights.stream().map(tensor -> TensorSpec.of(layer, tensor, 0));
  }

  /** Whether the up projection is a factor of what the activation puts out. */
  private static boolean isProduct(Activate activate) {
    Activation activation = activate.feedForward().activation();
    return activate.feedForward().isGated()
        && (activation == Activation.SILU || activation == Activation.GELU_TANH);
  }

  /** What reads an operation's output before it is written anew. */
  private static List<Operation> readers(List<Operation> operations, int index) {
    Buffer written = written(operations.get(index));
    List<Operation> readers = new ArrayList<>();
    for (int i = index + 1; written != null && i < operations.size(); i++) {
      if (read(operations.get(i)) == written) {
        readers.add(operations.get(i));
      }
      if (written(operations.get(i)) == written) {
        break;
      }
    }
    return readers;
  }

  private static Buffer written(Operation operation) {
    return switch (operation) {
      case Normalize norm -> norm.to();
      case Activate _ -> Buffer.ACTIVATED;
      default -> null;
    };
  }

  private static Buffer read(Operation operation) {
    return switch (operation) {
      case Linear linear -> linear.from();
      case Normalize norm -> norm.from();
      case Route route -> route.from();
      case ExpertLinear linear -> linear.from();
      case ScaleBySharedGate gate -> gate.from();
      default -> null;
    };
  }

  /** Scales the channels in {@code weights}, each by its factor. */
  void apply(ModelWeights weights, float[] factors) {
    for (LinearLayer layer : readers) {
      for (TensorSpec spec : layer.matrices()) {
        weights.put(spec, scaled(weights.numbers(spec), factors));
      }
    }
    boolean isOffset = isNorm && weights.architecture().numerics().normWeightsAreOffsets();
    for (TensorSpec spec : writers) {
      float[] numbers = weights.numbers(spec);
      int columns = ModelWeights.columns(spec);
      float offset = isOffset && spec.part() == WeightTensor.Part.WEIGHT ? 1 : 0;
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (numbers[i] + offset) / factors[i / columns] - offset;
      }
      weights.put(spec, numbers);
    }
  }

  /** A matrix whose columns are multiplied by {@code factors}. */
  static float[] scaled(float[] matrix, float[] factors) {
    float[] scaled = new float[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      scaled[i] = matrix[i] * factors[i % factors.length];
    }
    return scaled;
  }
}
