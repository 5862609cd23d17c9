package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;
import java.util.Optional;

/** What is estimated: a model at work. */
record EstimatedModel(NamedModel model, Workload workload) {
  Architecture architecture() {
    return model.architecture();
  }

  /** Tokens that cross-attention sees: the prompt, where there is an encoder. */
  int sourceTokens() {
    return architecture().encoder().isPresent() ? workload.prompt() : 0;
  }

  /** Bytes of the stored model. */
  long weightBytes() {
    return workload.weights().storedBytes(architecture());
  }

  /** One prompt; with an encoder, its pass over the prompt. */
  PhaseCost prefill() {
    Step step = Step.prefill(workload.prompt());
    List<OperationCost> operations =
        architecture().encoder().isPresent()
            ? OperationList.encode(architecture(), workload.options(step), 1, workload.prompt())
            : OperationList.of(architecture(), workload.options(step), step);
    return new PhaseCost("prefill", 1, workload.prompt(), 0, operations);
  }

  /** One decode step; none of an encoder alone. */
  Optional<PhaseCost> decode() {
    if (architecture().decoder().isEmpty()) {
      return Optional.empty();
    }
    Step step = Step.decode(workload.batch(), workload.context());
    return Optional.of(
        new PhaseCost(
            "decode",
            workload.batch(),
            1,
            workload.context(),
            OperationList.decode(architecture(), workload.options(step), step, sourceTokens())));
  }

  /** Both. */
  List<PhaseCost> phases() {
    return decode().map(decode -> List.of(prefill(), decode)).orElseGet(() -> List.of(prefill()));
  }
}
