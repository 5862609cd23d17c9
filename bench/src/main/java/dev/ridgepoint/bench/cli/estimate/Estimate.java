package dev.ridgepoint.bench.cli.estimate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.ModelFields;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.operation.Cost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code ridge estimate} says of a model; the fields are those of its JSON.
 *
 * @param config the configuration of a model that the engine can run
 * @param prefill one prompt; with an encoder, its pass over the prompt
 * @param decode one step, absent of an encoder alone; with an encoder, the prompt is what
 *     cross-attention sees
 * @param kvCacheBytesPerToken of self-attention
 * @param stateBytesPerSequence what recurrences keep of a sequence, however long it is
 * @param weightBytes all weights, each in its format
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record Estimate(
    String model,
    String modelType,
    Optional<ModelFields> config,
    String weightFormat,
    String kvCacheFormat,
    Parameters parameters,
    Phase prefill,
    Optional<Phase> decode,
    long kvCacheBytesPerToken,
    long stateBytesPerSequence,
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

  /** Counts a model's parameters and its two phases. */
  static Estimate of(EstimatedModel estimated) {
    Architecture architecture = estimated.architecture();
    Workload workload = estimated.workload();
    KvCacheFormat cache = KvCacheFormat.of(workload.kvCache());
    ParameterCount count = ParameterCount.of(architecture);
    Map<String, Long> components = new LinkedHashMap<>();
    count.components().forEach((component, value) -> components.put(component.label(), value));
    return new Estimate(
        estimated.model().name(),
        architecture.modelType(),
        ModelFields.of(architecture),
        workload.weights().name(),
        workload.kvCache().name(),
        new Parameters(count.total(), ParameterCount.active(architecture).total(), components),
        phase(estimated.prefill()),
        estimated.decode().map(Estimate::phase),
        cache.bytesPerToken(architecture),
        cache.stateBytesPerSequence(architecture),
        workload.weights().storedBytes(architecture));
  }

  private static Phase phase(PhaseCost phase) {
    Cost total = phase.total();
    return new Phase(
        phase.batch(),
        phase.newTokens(),
        phase.context(),
        total.flops(),
        total.matmulFlops(),
        total.bytes(),
        total.weightBytes(),
        total.kvReadBytes(),
        total.kvWrittenBytes(),
        total.activationBytes(),
        total.arithmeticIntensity(),
        phase.kinds().stream().map(Estimate::operation).toList());
  }

  private static Operation operation(PhaseCost.Kind kind) {
    Cost cost = kind.cost();
    return new Operation(
        kind.name(), kind.count(), cost.flops(), cost.bytes(), cost.arithmeticIntensity());
  }
}
