package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.WorkloadOptions.Settings;
import dev.ridgepoint.bench.run.Plan;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import java.util.Locale;
import java.util.Optional;

/**
 * What a model has to do.
 *
 * @param prompt tokens of the prefill
 * @param context tokens cached before the decode step
 * @param batch sequences in the decode step
 * @param output tokens generated after the prompt; 0 for no generation
 * @param weights format of each weight: of the flags, or of the model's file
 * @param kvCache format of cached keys and values
 * @param activations format of activations
 */
record Workload(
    int prompt,
    int context,
    int batch,
    int output,
    WeightFormats weights,
    Precision kvCache,
    Precision activations) {
  private static final int USUAL_TOKENS = 512;

  /**
   * The settings with what is not given chosen to fit the model.
   *
   * @param quantization mix of the weights, if one is named
   * @param vectors format of the KV cache and of activations, unless they say another
   * @param usualOutput tokens to generate unless they say so; 0 for no generation
   * @throws InvalidInputException if something does not fit it
   */
  static Workload of(
      Settings settings,
      NamedModel model,
      Optional<String> quantization,
      Precision vectors,
      int usualOutput) {
    Architecture architecture = model.architecture();
    int positions = architecture.maxPositions();
    int output =
        settings.output() != null ? settings.output() : Math.min(usualOutput, positions / 2);
    int prompt =
        settings.prompt() != null
            ? settings.prompt()
            : Math.max(1, Math.min(USUAL_TOKENS, positions - output));
    int context =
        settings.context() != null ? settings.context() : Math.min(USUAL_TOKENS, positions - 1);
    OptionChecks.requireIn("--prompt", prompt, 1, positions);
    OptionChecks.requireIn("--context", context, 0, positions - 1);
    OptionChecks.requireIn("--batch", settings.batch(), 1, Plan.MAX_BATCH);
    if (settings.output() != null) {
      OptionChecks.requireIn("--output", output, 1, positions);
    }
    if ((long) prompt + output > positions) {
      throw new InvalidInputException(
          "--output",
          String.format(
              Locale.ROOT,
              "%d tokens after a prompt of %d pass the model's %d positions",
              output,
              prompt,
              positions));
    }
    Precision kvCache =
        settings.kvDtype() != null ? Precision.named("--kv-dtype", settings.kvDtype()) : vectors;
    Precision activations =
        settings.activations() != null
            ? Precision.named("--activations", settings.activations())
            : vectors;
    return new Workload(
        prompt,
        context,
        settings.batch(),
        output,
        weights(settings, model, quantization, activations),
        kvCache,
        activations);
  }

  /** What a flag says, or else the file; BF16 if neither does. */
  private static WeightFormats weights(
      Settings settings, NamedModel model, Optional<String> quantization, Precision activations) {
    if (quantization.isPresent()) {
      return quantized(quantization.get(), model, activations);
    }
    if (settings.dtype() != null) {
      return WeightFormats.usual(Precision.named("--dtype", settings.dtype()), activations);
    }
    return model.formats().orElseGet(() -> WeightFormats.of(Precision.BF16, activations));
  }

  private static WeightFormats quantized(String mix, NamedModel model, Precision activations) {
    Architecture architecture = model.architecture();
    if (architecture.decoder().isEmpty() || architecture.encoder().isPresent()) {
      throw new InvalidInputException(model.name(), "--quantization needs a decoder alone");
    }
    return WeightFormats.named("--quantization", mix, architecture, activations);
  }

  /** What a step's costs depend on. */
  ForwardOptions options(Step step) {
    return ForwardOptions.of(new DataFormats(weights, kvCache), step).withActivations(activations);
  }

  /** As {@link #options}, for prompts. */
  ForwardOptions prefillOptions() {
    return options(Step.prefill(prompt));
  }

  /** As {@link #options}, for decoding one token after the other. */
  ForwardOptions decodeOptions() {
    return options(Step.decode(batch, Math.max(1, context)));
  }
}
