package dev.ridgepoint.bench.cli;

import dev.ridgepoint.estimator.DataFormats;
import dev.ridgepoint.estimator.MemoryEstimate;
import dev.ridgepoint.estimator.ModelConfig;
import dev.ridgepoint.estimator.OperationCost;
import dev.ridgepoint.estimator.OperationList;
import dev.ridgepoint.estimator.ParameterCount;
import dev.ridgepoint.estimator.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code ridge estimate} says of a model; the fields are those of its JSON.
 *
 * @param weightBytes all weights as the engine holds them, norms and biases in F32
 */
record Estimate(
    String model,
    ModelConfig config,
    String weightFormat,
    String kvCacheFormat,
    Parameters parameters,
    Phase prefill,
    Phase decode,
    long kvCacheBytesPerToken,
    long weightBytes) {

  /**
   * Parameters by component.
   *
   * @param active those that one token meets; all of them in a dense model
   */
  record Parameters(long total, long active, Map<String, Long> components) {}

  /**
   * One step.
   *
   * @param operations the sums over the layers, by operation
   */
  record Phase(
      int batch,
      int newTokens,
      int context,
      long flops,
      long matmulFlops,
      long bytes,
      long weightBytes,
      long kvReadBytes,
      long kvWrittenBytes,
      long activationBytes,
      double intensity,
      List<Operation> operations) {}

  /** All operations of one kind in a step. */
  record Operation(String name, long count, long flops, long bytes, double intensity) {}

  /**
   * Counts a model's parameters and its two phases.
   *
   * @param prompt tokens of the prefill
   * @param context tokens cached before the decode step
   * @param batch sequences in the decode step
   */
  static Estimate of(
      String model, ModelConfig config, DataFormats formats, int prompt, int context, int batch) {
    ParameterCount count = ParameterCount.of(config);
    Map<String, Long> components = new LinkedHashMap<>();
    count.components().forEach((component, value) -> components.put(component.label(), value));
    return new Estimate(
        model,
        config,
        formats.weights().name(),
        formats.kvCache().name(),
        new Parameters(count.total(), count.total(), components),
        phase(1, prompt, 0, OperationList.of(config, formats, Step.prefill(prompt))),
        phase(batch, 1, context, OperationList.of(config, formats, Step.decode(batch, context))),
        MemoryEstimate.kvCacheBytesPerToken(config, formats.kvCache()),
        MemoryEstimate.weightBytes(config, formats.weights()));
  }

  private static Phase phase(
      int batch, int newTokens, int context, List<OperationCost> operations) {
    OperationCost total = OperationList.total(operations);
    return new Phase(
        batch,
        newTokens,
        context,
        total.flops(),
        total.matmulFlops(),
        total.bytes(),
        total.weightBytes(),
        total.kvReadBytes(),
        total.kvWrittenBytes(),
        total.activationBytes(),
        total.arithmeticIntensity(),
        byKind(operations));
  }

  private static List<Operation> byKind(List<OperationCost> operations) {
    Map<String, Operation> kinds = new LinkedHashMap<>();
    for (OperationCost cost : operations) {
      Operation one =
          new Operation(cost.name(), 1, cost.flops(), cost.bytes(), cost.arithmeticIntensity());
      kinds.merge(cost.name(), one, Estimate::sum);
    }
    return List.copyOf(kinds.values());
  }

  private static Operation sum(Operation left, Operation right) {
    long flops = Math.addExact(left.flops(), right.flops());
    long bytes = Math.addExact(left.bytes(), right.bytes());
    return new Operation(
        left.name(), left.count() + right.count(), flops, bytes, (double) flops / bytes);
  }
}
