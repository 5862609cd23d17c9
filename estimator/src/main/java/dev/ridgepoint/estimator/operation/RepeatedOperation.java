package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An operation that several layers have, and that costs the same in each of them: they are equal,
 * and their weights have the same formats. Searches count it once for all.
 *
 * @param operation that of the first of the layers
 * @param times how many layers have it; 1 outside of any
 */
public record RepeatedOperation(Operation operation, int times) {

  /**
   * What a decoder executes in every step, in order; of layers that cost the same the first alone.
   *
   * @param options of which the formats of weights and the latent form matter
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   */
  public static List<RepeatedOperation> decoder(Architecture architecture, ForwardOptions options) {
    Stack decoder =
        architecture.decoder().orElseThrow(() -> OperationList.lacks(architecture, "decoder"));
    Map<Integer, Integer> times =
        layersByFirst(decoder, architecture.hiddenSize(), options.weights());
    return OperationList.decoder(architecture, options.latentForm(), times::containsKey).stream()
        .map(operation -> new RepeatedOperation(operation, times(times, operation.layer())))
        .toList();
  }

  private static int times(Map<Integer, Integer> layers, int layer) {
    return layer == Operation.NO_LAYER ? 1 : layers.get(layer);
  }

  /**
   * What operations cost in one step, each all its times together.
   *
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> costs(List<RepeatedOperation> operations, StepWork work) {
    return operations.stream()
        .filter(repeated -> work.executes(repeated.operation))
        .map(
            repeated ->
                new OperationCost(
                    repeated.operation, repeated.operation.cost(work).times(repeated.times)))
        .toList();
  }

  /**
   * What operations cost in one step together.
   *
   * @throws ArithmeticException if a count passes 2^63
   */
  public static Cost total(List<RepeatedOperation> operations, StepWork work) {
    return OperationList.total(costs(operations, work));
  }

  /**
   * What a step of a decoder without cross-attention costs in all.
   *
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   * @throws ArithmeticException if a count passes 2^63
   */
  public static Cost total(Architecture architecture, ForwardOptions options, Step step) {
    return total(decoder(architecture, options), new StepWork(step, options, 0));
  }

  /** How many operations a step executes, each of the layers for itself. */
  public static int executed(List<RepeatedOperation> operations, StepWork work) {
    return operations.stream()
        .filter(repeated -> work.executes(repeated.operation))
        .mapToInt(RepeatedOperation::times)
        .sum();
  }

  /** The first of the layers that cost the same, with how many they are. */
  private static Map<Integer, Integer> layersByFirst(
      Stack decoder, int hidden, WeightFormats formats) {
    Map<Integer, Integer> times = new HashMap<>();
    List<Layer> layers = decoder.layers();
    for (Layer layer : decoder.distinctLayers().keySet()) {
      List<WeightTensor> weights = layer.weights(hidden);
      Map<List<Precision>, Integer> firsts = new HashMap<>();
      for (int index = 0; index < layers.size(); index++) {
        if (layers.get(index).equals(layer)) {
          int at = index;
          List<Precision> precisions =
              weights.stream().map(weight -> formats.of(weight, at)).toList();
          Integer first = firsts.putIfAbsent(precisions, index);
          times.merge(first == null ? index : first, 1, Integer::sum);
        }
      }
    }
    return times;
  }
}
