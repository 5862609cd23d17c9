package dev.ridgepoint.bench.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.estimator.DataFormats;
import dev.ridgepoint.estimator.ForwardOptions;
import dev.ridgepoint.estimator.KvCacheLayout;
import dev.ridgepoint.estimator.LatentForm;
import dev.ridgepoint.estimator.MemoryEstimate;
import dev.ridgepoint.estimator.ModelConfig;
import dev.ridgepoint.estimator.OperationCost;
import dev.ridgepoint.estimator.OperationList;
import dev.ridgepoint.estimator.ParameterCount;
import dev.ridgepoint.estimator.Precision;
import dev.ridgepoint.estimator.Step;
import dev.ridgepoint.estimator.WeightStorage;
import dev.ridgepoint.estimator.architecture.Architecture;
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
 * @param weightBytes all weights as the engine holds them, norms and biases in F32
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record Estimate(
    String model,
    String modelType,
    Optional<ModelConfig> config,
    String weightFormat,
    String kvCacheFormat,
    Parameters parameters,
    Phase prefill,
    Optional<Phase> decode,
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
  static Estimate of(NamedModel model, DataFormats formats, int prompt, int context, int batch) {
    Architecture architecture = model.architecture();
    ParameterCount count = ParameterCount.of(architecture);
    Map<String, Long> components = new LinkedHashMap<>();
    count.components().forEach((component, value) -> components.put(component.label(), value));
    Optional<Phase> decode =
        architecture
            .decoder()
            .map(
                any ->
                    phase(
                        batch, 1, context, decode(architecture, formats, prompt, context, batch)));
    return new Estimate(
        model.name(),
        architecture.modelType(),
        model.config(),
        formats.weights().name(),
        formats.kvCache().name(),
        new Parameters(count.total(), ParameterCount.active(architecture).total(), components),
        phase(1, prompt, 0, prefill(architecture, formats, prompt)),
        decode,
        KvCacheLayout.bytesPerToken(architecture, formats.kvCache(), LatentForm.ABSORBED),
        MemoryEstimate.weightBytes(
            architecture, WeightStorage.of(formats.weights()), Precision.F32));
  }

  private static List<OperationCost> prefill(
      Architecture architecture, DataFormats formats, int prompt) {
    Step step = Step.prefill(prompt);
    ForwardOptions options = ForwardOptions.of(formats, step);
    return architecture.encoder().isPresent()
        ? OperationList.encode(architecture, options, 1, prompt)
        : OperationList.of(architecture, options, step);
  }

  private static List<OperationCost> decode(
      Architecture architecture, DataFormats formats, int prompt, int context, int batch) {
    Step step = Step.decode(batch, context);
    long sourceTokens = architecture.encoder().isPresent() ? prompt : 0;
    return OperationList.decode(architecture, ForwardOptions.of(formats, step), step, sourceTokens);
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
