package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import java.util.Objects;

/**
 * What a forward pass costs depends on, besides the model and the step.
 *
 * @param weights format of each weight
 * @param kvCache format of cached keys and values, or latents
 * @param activations format of everything between operations
 * @param expertsTouched how many experts are taken to be read
 */
public record ForwardOptions(
    WeightFormats weights,
    KvCacheFormat kvCache,
    Precision activations,
    ExpertsTouched expertsTouched) {

  /** How this project's engine computes latent attention. */
  static final LatentForm ENGINE_LATENT_FORM = LatentForm.ABSORBED;

  public ForwardOptions {
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(kvCache, "kvCache");
    Objects.requireNonNull(activations, "activations");
    Objects.requireNonNull(expertsTouched, "expertsTouched");
  }

  /**
   * As this project's engine stores data and computes: activations in F32, latents absorbed in
   * every step, so that what a token's row becomes does not depend on the rows beside it; experts
   * as expected.
   */
  public static ForwardOptions ofEngine(DataFormats formats) {
    return new ForwardOptions(
        formats.weights(),
        new KvCacheFormat(formats.kvCache(), ENGINE_LATENT_FORM),
        Precision.F32,
        ExpertsTouched.EXPECTED);
  }

  /** The same, but latents absorbed where {@code step} decodes alone, as engines do for speed. */
  public static ForwardOptions of(DataFormats formats, Step step) {
    return ofEngine(formats).withLatentForm(usualLatentForm(step));
  }

  /** How latent attention is computed. */
  public LatentForm latentForm() {
    return kvCache.latentForm();
  }

  /** The same with other weights. */
  public ForwardOptions withWeights(WeightFormats other) {
    return new ForwardOptions(other, kvCache, activations, expertsTouched);
  }

  /** The same with another format of the cache. */
  public ForwardOptions withKvCache(Precision other) {
    return new ForwardOptions(
        weights, new KvCacheFormat(other, latentForm()), activations, expertsTouched);
  }

  /** The same with another format of activations, such as BF16 on accelerators. */
  public ForwardOptions withActivations(Precision other) {
    return new ForwardOptions(weights, kvCache, other, expertsTouched);
  }

  /** The same with latent attention computed in another way. */
  public ForwardOptions withLatentForm(LatentForm other) {
    return new ForwardOptions(
        weights, new KvCacheFormat(kvCache.precision(), other), activations, expertsTouched);
  }

  /** How an engine that caches latents computes {@code step}. */
  private static LatentForm usualLatentForm(Step step) {
    boolean isPrefill =
        step.sequences().stream().allMatch(sequence -> sequence.newTokens() > sequence.context());
    return isPrefill ? LatentForm.EXPANDED_EACH_STEP : LatentForm.ABSORBED;
  }
}
