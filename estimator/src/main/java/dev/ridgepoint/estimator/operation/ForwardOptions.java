package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightStorage;
import java.util.Objects;

/**
 * What a forward pass costs depends on, besides the model and the step.
 *
 * @param weights formats of the matrices
 * @param vectors format of norm weights, biases and sinks
 * @param kvCache format of cached keys and values, or latents
 * @param activations format of everything between operations
 * @param latentForm how latent attention is computed
 * @param expertsTouched how many experts are taken to be read
 */
public record ForwardOptions(
    WeightStorage weights,
    Precision vectors,
    Precision kvCache,
    Precision activations,
    LatentForm latentForm,
    ExpertsTouched expertsTouched) {

  public ForwardOptions {
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(vectors, "vectors");
    Objects.requireNonNull(kvCache, "kvCache");
    Objects.requireNonNull(activations, "activations");
    Objects.requireNonNull(latentForm, "latentForm");
    Objects.requireNonNull(expertsTouched, "expertsTouched");
  }

  /**
   * As this project's engine stores data (vectors and activations in F32), latents absorbed where
   * {@code step} decodes, experts as expected.
   */
  public static ForwardOptions of(DataFormats formats, Step step) {
    return new ForwardOptions(
        WeightStorage.of(formats.weights()),
        Precision.F32,
        formats.kvCache(),
        Precision.F32,
        usualLatentForm(step),
        ExpertsTouched.EXPECTED);
  }

  /** The same with other weights. */
  public ForwardOptions withWeights(WeightStorage other) {
    return new ForwardOptions(other, vectors, kvCache, activations, latentForm, expertsTouched);
  }

  /** The same with another format of the cache. */
  public ForwardOptions withKvCache(Precision other) {
    return new ForwardOptions(weights, vectors, other, activations, latentForm, expertsTouched);
  }

  /** The same with another format of vectors and activations, such as BF16 on accelerators. */
  public ForwardOptions withActivations(Precision other) {
    return new ForwardOptions(weights, other, kvCache, other, latentForm, expertsTouched);
  }

  /** The same with latent attention computed in another way. */
  public ForwardOptions withLatentForm(LatentForm other) {
    return new ForwardOptions(weights, vectors, kvCache, activations, other, expertsTouched);
  }

  /** The same with experts touched in another way. */
  public ForwardOptions withExpertsTouched(ExpertsTouched other) {
    return new ForwardOptions(weights, vectors, kvCache, activations, latentForm, other);
  }

  /** How an engine that caches latents computes {@code step}. */
  private static LatentForm usualLatentForm(Step step) {
    boolean isPrefill =
        step.sequences().stream().allMatch(sequence -> sequence.newTokens() > sequence.context());
    return isPrefill ? LatentForm.EXPANDED_EACH_STEP : LatentForm.ABSORBED;
  }
}
